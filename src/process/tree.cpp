#include "process/tree.hpp"

#include "process/pidfd.hpp"
#include "process/proc_file.hpp"
#include "process/proc_stat.hpp"

#include <parlance/process.hpp>

#include <dirent.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstring>
#include <memory>
#include <set>
#include <string>

namespace parlance {
namespace {

using namespace std::chrono_literals;

// A killed process is given this long to be gone before the next look; one that hangs in the kernel takes longer.
constexpr auto patience = 100ms;

struct close_directory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// A descriptor of `pid`, certain to be the process that carries the token: its number may have become another's
/// between the look and the opening, so the environment is read while the descriptor is held, and it lives still.
unique_fd carrier_of(std::string_view token, pid_t pid) {
    if (!carries_token(pid, token)) return unique_fd{};
    auto process = open_pidfd(pid);
    if (process && carries_token(pid, token) && send_to_pidfd(process.get(), 0)) return process;
    return unique_fd{};
}

} // namespace

void for_each_process(std::function<void(pid_t)> const& see) {
    std::unique_ptr<DIR, close_directory> const all(::opendir("/proc"));
    if (!all) return;
    while (dirent const* const entry = ::readdir(all.get())) {
        pid_t pid = 0;
        auto const* const end = entry->d_name + std::strlen(entry->d_name);
        auto const [rest, fault] = std::from_chars(entry->d_name, end, pid);
        if (fault == std::errc{} && rest == end && pid != ::getpid()) see(pid);
    }
}

bool group_has_members(pid_t group) {
    bool found = false;
    for_each_process([&](pid_t pid) {
        if (found || pid == group) return;
        auto const about = stat_of(pid);
        found = about && about->group == group && !about->has_ended();
    });
    return found;
}

bool carries_token(pid_t pid, std::string_view token) {
    auto environment = proc_file(pid, "environ"); // entries, each ended by a NUL; empty for a zombie
    if (!environment || environment->empty()) return false;
    environment->insert(environment->begin(), '\0');
    if (environment->back() != '\0') environment->push_back('\0');
    std::string wanted("\0PARLANCE_WORKER=", 17);
    return environment->find(wanted.append(token) += '\0') != std::string::npos;
}

std::size_t signal_by_token(std::string_view token, int signal_number, pid_t leader) {
    if (token.empty()) return 0;
    std::size_t count = 0;
    for_each_process([&](pid_t pid) {
        auto const process = pid == leader ? unique_fd{} : carrier_of(token, pid);
        if (!process) return;
        if (auto const about = stat_of(pid); about && about->group == leader) return;
        if (send_to_pidfd(process.get(), signal_number)) ++count;
    });
    return count;
}

bool token_is_carried(std::string_view token) {
    bool found = false;
    if (!token.empty()) for_each_process([&](pid_t pid) { found = found || carries_token(pid, token); });
    return found;
}

std::size_t kill_by_token(std::string_view token) {
    if (token.empty()) return 0;
    std::set<std::pair<pid_t, std::uint64_t>> ended; // number and start: who was killed, and has perhaps not gone yet
    for (bool found = true; found;) {
        found = false;
        // One that is killed may have started another just before, so look until a look finds nothing new.
        for_each_process([&](pid_t pid) {
            auto const process = carrier_of(token, pid);
            if (!process) return;
            auto const about = stat_of(pid);
            if (!about || about->has_ended() || !ended.emplace(pid, about->start_ticks).second) return;
            if (!send_to_pidfd(process.get(), SIGKILL)) return;
            found = true;
            wait_for_pidfd(process.get(), patience);
        });
    }
    return ended.size();
}

} // namespace parlance
