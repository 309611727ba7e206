#include "process/strangers.hpp"

#include "process/pidfd.hpp"
#include "process/proc_stat.hpp"

#include <parlance/error.hpp>
#include <parlance/process.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

namespace parlance {
namespace {

struct children {
    std::shared_mutex mutex;
    std::mutex changes;
    std::multiset<pid_t> known; // a number comes again where another part of the program reaps what is ours
};

children& ours() {
    static auto* const all = new children; // never destroyed: a child may be dropped after main
    return *all;
}

} // namespace

std::shared_lock<std::shared_mutex> starting() { return std::shared_lock(ours().mutex); }

void note_child(pid_t pid) {
    std::lock_guard const lock(ours().changes);
    ours().known.insert(pid);
}

void forget_child(pid_t pid) noexcept {
    std::lock_guard const lock(ours().changes);
    if (auto const place = ours().known.find(pid); place != ours().known.end()) ours().known.erase(place);
}

/// A process has a list of its children for each of its threads.
std::vector<stranger> strangers() {
    std::unique_lock const nobody_starts(ours().mutex);
    std::lock_guard const lock(ours().changes);
    std::vector<stranger> found;
    std::error_code ignored;
    for (auto const& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        std::ifstream listed(thread.path() / "children");
        for (pid_t pid = 0; listed >> pid;) {
            auto const about = ours().known.contains(pid) ? std::nullopt : stat_of(pid);
            if (about) found.push_back({pid, about->start_ticks});
        }
    }
    return found;
}

void reap_stranger(pid_t pid) noexcept {
    siginfo_t about{};
    ::waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG);
}

void end_strangers(std::function<bool(pid_t)> const& may_end) {
    std::set<stranger> ended; // the children of one that is ended become ours
    for (bool found = true; found;) {
        found = false;
        for (auto const& each : strangers()) {
            if (ended.contains(each) || !may_end(each.pid)) continue;
            ended.insert(each);
            found = true;
            auto const process = open_pidfd(each.pid); // its number is its own until we take its status
            ::kill(each.pid, SIGKILL);
            if (process) wait_for_pidfd(process.get(), hang_limit);
            reap_stranger(each.pid);
        }
    }
}

void become_subreaper() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) throw_errno(errno, {.input = "becoming a child subreaper"});
}

} // namespace parlance
