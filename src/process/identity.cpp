#include "process/identity.hpp"

#include "process/proc_file.hpp"
#include "process/proc_stat.hpp"

#include <parlance/error.hpp>

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace parlance {
namespace {

std::string boot_id() {
    auto id = kernel_file("/proc/sys/kernel/random/boot_id").value_or("");
    return id.substr(0, id.find('\n'));
}

std::uint64_t own_pid_namespace() {
    struct stat about{};
    return ::stat("/proc/self/ns/pid", &about) == 0 ? about.st_ino : 0;
}

} // namespace

std::optional<process_identity> identity_of(pid_t pid) {
    auto const about = stat_of(pid);
    if (!about || about->has_ended()) return std::nullopt;
    return process_identity{
        .pid = pid, .start_ticks = about->start_ticks, .boot_id = boot_id(), .pid_namespace = own_pid_namespace()};
}

process_identity own_identity() {
    if (auto self = identity_of(::getpid())) return *self;
    throw failure(
        errc::not_supported,
        {.input = "/proc/self/stat", .reason = "this system does not say which process we are", .mend = "mount /proc"});
}

life life_of(process_identity const& who) {
    if (who.boot_id != boot_id() || who.pid_namespace != own_pid_namespace()) return life::unknown;
    auto const about = stat_of(who.pid);
    return about && !about->has_ended() && about->start_ticks == who.start_ticks ? life::alive : life::gone;
}

std::string random_token() {
    std::array<unsigned char, 16> bytes{};
    for (std::size_t have = 0; have < bytes.size();) {
        ssize_t const got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
        if (got > 0)
            have += static_cast<std::size_t>(got);
        else if (errno != EINTR)
            throw_errno(errno, {.input = "random bytes"});
    }
    std::string text;
    for (auto const byte : bytes) text += "0123456789abcdef"[byte >> 4], text += "0123456789abcdef"[byte & 15];
    return text;
}

} // namespace parlance
