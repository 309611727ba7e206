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
#include <ctime>
#include <memory>
#include <set>
#include <string>

namespace parlance {
namespace {

using namespace std::chrono_literals;

// A killed process is given this long to be gone before the next look; one that hangs in the kernel takes longer.
constexpr auto patience = 100ms;
// An execve shows no environment for some microseconds; so often it is looked at again, a millisecond apart.
constexpr int most_looks_at_an_execve = 50;

struct close_directory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

enum class look { carries, does_not, unclear };

std::string const token_variable("\0PARLANCE_WORKER=", 17);

/// What an environment has that carries `token`, as `environment_of` shows it.
std::string mark_of(std::string_view token) { return (token_variable + std::string(token)) += '\0'; }

/// The environment with which a process began, each entry between two NULs; empty where it has none, has ended or may
/// not be read. None in the middle of an execve: it cannot be told then.
std::optional<std::string> environment_of(pid_t pid) {
    for (bool again = false;; again = true) {
        auto environment = proc_file(pid, "environ"); // entries, each ended by a NUL; empty for a zombie
        if (!environment) return "";
        if (!environment->empty()) {
            environment->insert(environment->begin(), '\0');
            if (environment->back() != '\0') environment->push_back('\0');
            return environment;
        }
        auto const about = stat_of(pid);
        if (!about || about->has_ended()) return "";
        if (about->is_between_programs()) return std::nullopt;
        if (again) return ""; // it really has none; else an execve was just over
    }
}

look look_for(std::string_view mark, pid_t pid) {
    auto const environment = environment_of(pid);
    if (!environment) return look::unclear;
    return environment->find(mark) != std::string::npos ? look::carries : look::does_not;
}

struct carrier {
    unique_fd process{};
    bool unclear = false; ///< look again
};

/// A descriptor of `pid`, certain to be the process that carries the mark: its number may have become another's
/// between the look and the opening, so the environment is read while the descriptor is held, and it lives still.
carrier carrier_of(std::string_view mark, pid_t pid) {
    if (auto const first = look_for(mark, pid); first != look::carries) return {.unclear = first == look::unclear};
    auto process = open_pidfd(pid);
    if (!process || !send_to_pidfd(process.get(), 0)) return {};
    if (look_for(mark, pid) != look::carries) return {.unclear = true};
    return {std::move(process)};
}

/// Ends all that carries the mark, until a look finds nothing new; says how many.
std::size_t kill_by_mark(std::string_view mark) {
    std::set<std::pair<pid_t, std::uint64_t>> ended; // number and start: who was killed, and has perhaps not gone yet
    int looks_at_an_execve = 0;
    for (bool found = true; found;) {
        found = false;
        bool unclear = false;
        // One that is killed may have started another just before, so look until a look finds nothing new.
        for_each_process([&](pid_t pid) {
            auto const [process, look_again] = carrier_of(mark, pid);
            unclear = unclear || look_again;
            if (!process) return;
            auto const about = stat_of(pid);
            if (!about || about->has_ended() || !ended.emplace(pid, about->start_ticks).second) return;
            if (!send_to_pidfd(process.get(), SIGKILL)) return;
            found = true;
            wait_for_pidfd(process.get(), patience);
        });
        if (!found && unclear && looks_at_an_execve++ < most_looks_at_an_execve) {
            found = true;
            timespec const a_moment{.tv_sec = 0, .tv_nsec = 1'000'000};
            ::nanosleep(&a_moment, nullptr);
        }
    }
    return ended.size();
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

bool carries_token(pid_t pid, std::string_view token) { return look_for(mark_of(token), pid) == look::carries; }

std::size_t signal_by_token(std::string_view token, int signal_number, pid_t leader) {
    if (token.empty()) return 0;
    std::size_t count = 0;
    auto const mark = mark_of(token);
    for_each_process([&](pid_t pid) {
        auto const process = pid == leader ? unique_fd{} : carrier_of(mark, pid).process;
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

std::size_t kill_by_token(std::string_view token) { return token.empty() ? 0 : kill_by_mark(mark_of(token)); }

std::size_t kill_by_token_prefix(std::string_view prefix) {
    return prefix.empty() ? 0 : kill_by_mark(token_variable + std::string(prefix));
}

std::optional<std::string> token_of(pid_t pid) {
    auto const environment = environment_of(pid);
    if (!environment) return std::nullopt;
    auto const at = environment->find(token_variable);
    if (at == environment->npos) return "";
    auto const begin = at + token_variable.size();
    return environment->substr(begin, environment->find('\0', begin) - begin);
}

} // namespace parlance
