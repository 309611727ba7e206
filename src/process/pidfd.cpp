#include "process/pidfd.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace parlance {

unique_fd open_pidfd(pid_t pid) noexcept { return unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

bool send_to_pidfd(int pidfd, int signal_number) noexcept {
    return pidfd >= 0 && ::syscall(SYS_pidfd_send_signal, pidfd, signal_number, nullptr, 0) == 0;
}

int wait_on_pidfd(int pidfd, int options, siginfo_t& about, rusage* used) noexcept {
    constexpr int by_pidfd = 3; // P_PIDFD
    long answer = 0;
    do {
        answer = ::syscall(SYS_waitid, by_pidfd, pidfd, &about, options, used);
    } while (answer != 0 && errno == EINTR);
    return static_cast<int>(answer);
}

bool wait_for_pidfd(int pidfd, std::chrono::milliseconds limit) noexcept {
    auto const deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd ended{.fd = pidfd, .events = POLLIN, .revents = 0};
        int const answer = ::poll(&ended, 1, static_cast<int>(std::max<long>(left.count(), 0)));
        if (answer > 0) return true;
        if (answer == 0 || errno != EINTR) return false;
    }
}

} // namespace parlance
