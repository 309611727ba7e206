#pragma once
// Two ends of a benchmark in two processes, each on the core it is told to.

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

namespace bench {

inline void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

struct pipe_ends {
    int read, write;
};
inline pipe_ends make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        std::perror("pipe2");
        std::exit(1);
    }
    return {ends[0], ends[1]};
}

/// One way over a pair of sockets: what is written to one is read from the other.
inline pipe_ends make_socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        std::perror("socketpair");
        std::exit(1);
    }
    return {ends[0], ends[1]};
}

/// A process that runs `body` on `core` and ends; it dies with us, since an orphan would spoil every later number.
inline pid_t start(int core, std::function<void()> const& body) {
    std::fflush(stdout);
    pid_t const pid = ::fork();
    if (pid != 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin(core);
    body();
    ::_exit(0);
}

inline void finish(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) std::fprintf(stderr, "a peer of the benchmark failed: status %d\n", status);
}

/// A number measured by `body` in a process of its own on `core`, so that nothing of one measurement (an event loop, a
/// heap) is there in the next.
inline double measure(int core, std::function<double()> const& body) {
    auto const result = make_pipe();
    auto const pid = start(core, [&] {
        double const number = body();
        if (::write(result.write, &number, sizeof number) != sizeof number) ::_exit(1);
    });
    ::close(result.write);
    double number = 0;
    if (::read(result.read, &number, sizeof number) != sizeof number) std::fprintf(stderr, "nothing was measured\n");
    ::close(result.read);
    finish(pid);
    return number;
}

} // namespace bench
