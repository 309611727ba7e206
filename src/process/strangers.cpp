#include "process/strangers.hpp"

#include "process/pidfd.hpp"
#include "process/proc_stat.hpp"
#include "process/tree.hpp"

#include <parlance/error.hpp>
#include <parlance/process.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

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

/// A process has a list of its children for each of its threads.
std::vector<pid_t> strangers() {
    std::unique_lock const nobody_starts(ours().mutex);
    std::lock_guard const lock(ours().changes);
    std::vector<pid_t> found;
    std::error_code ignored;
    for (auto const& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        std::ifstream listed(thread.path() / "children");
        for (pid_t pid = 0; listed >> pid;)
            if (!ours().known.contains(pid)) found.push_back(pid);
    }
    return found;
}

bool belongs_to_another(pid_t pid, std::string_view token) {
    auto const whose = token_of(pid);
    return whose && !whose->empty() && *whose != token;
}

/// Its number is its own until we take its status. Who hangs in the kernel stays behind.
void end_and_reap(pid_t pid) noexcept {
    auto const process = open_pidfd(pid);
    ::kill(pid, SIGKILL);
    if (!process) return;
    wait_for_pidfd(process.get(), hang_limit);
    siginfo_t about{};
    wait_on_pidfd(process.get(), WEXITED | WNOHANG, about);
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

void end_strangers(std::string_view token) noexcept {
    std::set<std::pair<pid_t, std::uint64_t>> ended; // the children of one that is ended become ours
    for (bool found = true; found;) {
        found = false;
        for (auto const pid : strangers()) {
            auto const about = stat_of(pid);
            if (!about || belongs_to_another(pid, token) || !ended.emplace(pid, about->start_ticks).second) continue;
            end_and_reap(pid);
            found = true;
        }
    }
}

void become_subreaper() {
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) throw_errno(errno, {.input = "becoming a child subreaper"});
}

} // namespace parlance
