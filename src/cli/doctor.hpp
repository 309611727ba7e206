#pragma once
/// What `parlance doctor` looks at.

#include "cli/command_line.hpp"

#include <string>
#include <vector>

namespace parlance::cli {

enum class health { ok, warning, broken };

/// One line of the doctor's report.
struct finding {
    std::string check{}; ///< "free space"
    health state = health::ok;
    std::string message{}; ///< "12 GiB in /var/lib/parlance"
    std::string mend{};    ///< what to do; empty where nothing needs to be done
};

/// The store: its directory, permissions, file system, free space; and, where it is there, that it opens.
std::vector<finding> examine_store(command_line&);
/// What of the kernel and its limits parlance needs.
std::vector<finding> examine_system();

} // namespace parlance::cli
