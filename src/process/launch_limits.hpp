#pragma once
/// `resource_limits` as the system takes them. Pure.

#include "process/launch.hpp"

#include <parlance/process.hpp>

#include <sys/resource.h>

#include <vector>

namespace parlance {

inline std::vector<launch_limit> launch_limits(resource_limits const& wanted) {
    std::vector<launch_limit> limits;
    auto const add = [&](int resource, std::optional<std::uint64_t> value) {
        if (value) limits.push_back({resource, {*value, *value}});
    };
    add(RLIMIT_AS, wanted.memory_bytes);
    add(RLIMIT_FSIZE, wanted.file_bytes);
    add(RLIMIT_NOFILE, wanted.open_files);
    add(RLIMIT_NPROC, wanted.processes);
    add(RLIMIT_CORE, wanted.core_bytes);
    if (wanted.cpu_time) {
        auto const seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(wanted.cpu_time->count(), 0));
        limits.push_back({RLIMIT_CPU, {seconds, seconds + 1}});
    }
    return limits;
}

} // namespace parlance
