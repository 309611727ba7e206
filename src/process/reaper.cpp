#include "process/child_core.hpp"

#include <sys/wait.h>

#include <mutex>

namespace parlance {
namespace {

struct left_alone {
    std::mutex mutex;
    std::vector<unique_fd> pidfds;
};

left_alone& those_left() {
    static auto* const all = new left_alone; // never destroyed: a child may be dropped after main
    return *all;
}

bool has_ended(unique_fd const& pidfd) noexcept {
    siginfo_t about{};
    auto const by_pidfd = static_cast<idtype_t>(3); // P_PIDFD
    int const answer = ::waitid(by_pidfd, static_cast<id_t>(pidfd.get()), &about, WEXITED | WNOHANG);
    return answer != 0 || about.si_pid != 0; // an error: not ours to reap any more
}

} // namespace

void reap_when_ended(unique_fd pidfd) noexcept {
    auto& all = those_left();
    std::lock_guard const lock(all.mutex);
    all.pidfds.push_back(std::move(pidfd));
}

void reap_those_left() noexcept {
    auto& all = those_left();
    std::lock_guard const lock(all.mutex);
    std::erase_if(all.pidfds, has_ended);
}

} // namespace parlance
