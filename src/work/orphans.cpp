#include "work/orphans.hpp"

#include "process/pidfd.hpp"
#include "process/proc_stat.hpp"
#include "process/tree.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace parlance {
namespace {

void take_status(pid_t pid) noexcept {
    siginfo_t about{};
    ::waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG);
}

/// Our own child: its number is its own until we take its status.
void end_child(pid_t pid) noexcept {
    auto const process = open_pidfd(pid);
    ::kill(pid, SIGKILL);
    if (process) wait_for_pidfd(process.get(), hang_limit);
    take_status(pid);
}

} // namespace

orphans::orphans(bool adopts) : adopts_(adopts) { had_children_ = !strangers({}).empty(); }

/// Our children that nobody here started. A process has a list of them for each of its threads.
std::vector<orphans::stranger> orphans::strangers(std::set<child*> const& living) const {
    std::vector<stranger> found;
    std::error_code ignored;
    for (auto const& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        std::ifstream children(thread.path() / "children");
        for (pid_t pid = 0; children >> pid;) {
            auto const is_ours = [&](child const* each) { return each->pid() == pid; };
            if (std::any_of(living.begin(), living.end(), is_ours)) continue;
            if (auto const about = stat_of(pid)) found.push_back({pid, about->start_ticks});
        }
    }
    return found;
}

bool orphans::one_may_be_of(std::string const& token, std::set<child*> const& living) {
    bool found = false;
    std::map<std::pair<pid_t, std::uint64_t>, std::string> still_here;
    for (auto const& [pid, start] : strangers(living)) {
        auto const known = judged_.find({pid, start});
        auto const whose = known != judged_.end() ? std::optional(known->second) : token_of(pid);
        found = found || !whose || *whose == token;
        if (whose) still_here.emplace(std::pair{pid, start}, *whose);
    }
    judged_ = std::move(still_here);
    return found;
}

void orphans::end_those_of(std::string const& token, std::set<child*> const& living) {
    if (adopts_ && !one_may_be_of(token, living)) return reap(living);
    kill_by_token(token);
    if (adopts_) reap(living);
}

void orphans::end_all(std::string const& prefix) {
    if (adopts_ && strangers({}).empty()) return;
    kill_by_token_prefix(prefix);
    if (!adopts_ || had_children_) return;
    // The children of one that is ended become ours: until nobody new comes. Who hangs in the kernel stays behind.
    std::set<std::pair<pid_t, std::uint64_t>> ended;
    for (bool found = true; found;) {
        found = false;
        for (auto const& [pid, start] : strangers({}))
            if (ended.emplace(pid, start).second) end_child(pid), found = true;
    }
}

void orphans::reap(std::set<child*> const& living) const {
    for (auto const& each : strangers(living)) take_status(each.pid);
}

} // namespace parlance
