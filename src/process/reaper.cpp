#include "process/child_core.hpp"
#include "process/pidfd.hpp"
#include "process/strangers.hpp"

#include <sys/wait.h>

#include <mutex>

namespace parlance {
namespace {

struct left_alone {
    std::mutex mutex;
    struct process {
        unique_fd pidfd;
        pid_t pid;
    };
    std::vector<process> processes;
};

left_alone& those_left() {
    static auto* const all = new left_alone; // never destroyed: a child may be dropped after main
    return *all;
}

bool has_ended(left_alone::process const& left) noexcept {
    siginfo_t about{};
    int const answer = wait_on_pidfd(left.pidfd.get(), WEXITED | WNOHANG, about);
    bool const ended = answer != 0 || about.si_pid != 0; // an error: not ours to reap any more
    if (ended) forget_child(left.pid);
    return ended;
}

} // namespace

void reap_when_ended(unique_fd pidfd, pid_t pid) noexcept {
    auto& all = those_left();
    std::lock_guard const lock(all.mutex);
    all.processes.push_back({std::move(pidfd), pid});
}

void reap_those_left() noexcept {
    auto& all = those_left();
    std::lock_guard const lock(all.mutex);
    std::erase_if(all.processes, has_ended);
}

} // namespace parlance
