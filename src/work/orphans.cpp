#include "work/orphans.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

namespace parlance {
namespace {

/// Our children that nobody here started. A process has a list of them for each of its threads.
std::vector<pid_t> strangers_among_our_children(std::set<child*> const& living) {
    std::vector<pid_t> strangers;
    std::error_code ignored;
    for (auto const& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        std::ifstream children(thread.path() / "children");
        for (pid_t pid = 0; children >> pid;) {
            auto const is_ours = [&](child const* each) { return each->pid() == pid; };
            if (std::none_of(living.begin(), living.end(), is_ours)) strangers.push_back(pid);
        }
    }
    return strangers;
}

} // namespace

void end_orphans(std::string const& token, std::set<child*> const& living, bool adopts_orphans) {
    if (!adopts_orphans) {
        kill_by_token(token);
        return;
    }
    if (strangers_among_our_children(living).empty()) return;
    kill_by_token(token);
    reap_strangers(living);
}

void reap_strangers(std::set<child*> const& living) {
    for (auto const pid : strangers_among_our_children(living)) {
        siginfo_t about{};
        ::waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG);
    }
}

} // namespace parlance
