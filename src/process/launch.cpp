// Compiled without sanitizers (src/CMakeLists.txt): the child runs in our memory, on a stack that no sanitizer knows.
// A raw clone, for glibc's wrapper kills a threaded program under the thread sanitizer, and nothing that would touch
// our errno, our locks or our threads: glibc's setuid, for one, would change the user of the parent's threads.
// This file calls no function of any library between clone and execve, and shares none that is inline.
#include "process/launch.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace parlance {
namespace {

struct kernel_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    unsigned long mask;
};
constexpr long kernel_mask_bytes = 8;
constexpr int last_signal = 64;

// Where the plain numbers are those of 16-bit ids, the wide ones have names of their own.
#ifdef SYS_setuid32
constexpr long set_uid = SYS_setuid32, set_gid = SYS_setgid32, set_groups = SYS_setgroups32;
constexpr long get_uids = SYS_getresuid32, get_gids = SYS_getresgid32;
#else
constexpr long set_uid = SYS_setuid, set_gid = SYS_setgid, set_groups = SYS_setgroups;
constexpr long get_uids = SYS_getresuid, get_gids = SYS_getresgid;
#endif

struct shared {
    launch_request const* request;
    int error;
    launch_step step;
};

#if defined(__x86_64__)
inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
    register long fourth asm("r10") = d;
    register long fifth asm("r8") = e;
    long answer;
    asm volatile("syscall"
                 : "=a"(answer)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                 : "rcx", "r11", "memory");
    return answer;
}
// The child cannot return from here: its stack is empty. It goes straight to `run`.
inline long raw_clone(unsigned long flags, void* stack, int* pidfd, void (*run)(shared*), shared* state) noexcept {
    register long fourth asm("r10") = 0;
    register long fifth asm("r8") = 0;
    register void (*function)(shared*) asm("r9") = run;
    register shared* argument asm("r12") = state;
    long answer;
    asm volatile("syscall\n\t"
                 "test %%rax, %%rax\n\t"
                 "jnz 1f\n\t"
                 "xor %%ebp, %%ebp\n\t"
                 "mov %%r12, %%rdi\n\t"
                 "call *%%r9\n\t"
                 "ud2\n"
                 "1:"
                 : "=a"(answer)
                 : "a"(long(SYS_clone)), "D"(flags), "S"(stack), "d"(pidfd), "r"(fourth), "r"(fifth), "r"(function),
                   "r"(argument)
                 : "rcx", "r11", "memory", "cc");
    return answer;
}
#elif defined(__aarch64__)
inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
    register long x8 asm("x8") = number;
    register long x0 asm("x0") = a;
    register long x1 asm("x1") = b;
    register long x2 asm("x2") = c;
    register long x3 asm("x3") = d;
    register long x4 asm("x4") = e;
    asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
}
inline long raw_clone(unsigned long flags, void* stack, int* pidfd, void (*run)(shared*), shared* state) noexcept {
    register long x8 asm("x8") = SYS_clone;
    register long x0 asm("x0") = static_cast<long>(flags);
    register void* x1 asm("x1") = stack;
    register int* x2 asm("x2") = pidfd;
    register long x3 asm("x3") = 0;
    register long x4 asm("x4") = 0;
    register void (*x9)(shared*) asm("x9") = run;
    register shared* x10 asm("x10") = state;
    asm volatile("svc #0\n\t"
                 "cbnz x0, 1f\n\t"
                 "mov x29, xzr\n\t"
                 "mov x0, x10\n\t"
                 "blr x9\n\t"
                 "brk #1\n"
                 "1:"
                 : "+r"(x0)
                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x9), "r"(x10)
                 : "memory", "cc");
    return x0;
}
#else
// Other machines: the library's own calls, which set errno; `launch` puts it back.
inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
    long const answer = ::syscall(number, a, b, c, d, e);
    return answer < 0 ? -errno : answer;
}
inline long raw_clone(unsigned long flags, void* stack, int* pidfd, void (*run)(shared*), shared* state) noexcept {
    struct start {
        void (*run)(shared*);
        shared* state;
    } begin{run, state};
    auto enter = [](void* argument) -> int {
        auto* s = static_cast<start*>(argument);
        s->run(s->state);
        return 127;
    };
    int const pid = ::clone(enter, stack, static_cast<int>(flags), &begin, pidfd);
    return pid < 0 ? -errno : pid;
}
#endif

template <class T> inline long number_of(T* pointer) noexcept { return reinterpret_cast<long>(pointer); }

// Handlers would run in our memory, and what we ignore (SIGPIPE, SIGCHLD) would be ignored by the program too.
inline void reset_signals() noexcept {
    kernel_sigaction plain{};
    for (int number = 1; number <= last_signal; ++number)
        if (number != SIGKILL && number != SIGSTOP)
            raw(SYS_rt_sigaction, number, number_of(&plain), 0, kernel_mask_bytes);
}

inline long arrange_descriptors(launch_request const& r) noexcept {
    for (std::size_t i = 0; i < r.step_count; ++i) {
        fd_step const& step = r.steps[i];
        long done = 0;
        switch (step.what) {
        case fd_step::kind::lift:
            done = raw(SYS_fcntl, step.source, F_DUPFD_CLOEXEC, r.descriptors);
            r.lifted[step.target] = static_cast<int>(done);
            break;
        case fd_step::kind::place:
            done = raw(SYS_dup3, step.source < 0 ? r.lifted[step.target] : step.source, step.target, 0);
            break;
        case fd_step::kind::keep: done = raw(SYS_fcntl, step.source, F_SETFD, 0); break;
        }
        if (done < 0) return done;
    }
    return 0;
}

inline void close_above(launch_request const& r) noexcept {
    if (!r.without_close_range && raw(SYS_close_range, r.descriptors, ~0U, 0) == 0) return;
    unsigned long long limits[2] = {4096, 4096}; // soft, hard: a descriptor may lie above a limit that was lowered
    raw(SYS_prlimit64, 0, 7 /* RLIMIT_NOFILE */, 0, number_of(limits));
    long const end = limits[1] < (1UL << 20) ? static_cast<long>(limits[1]) : 1L << 20;
    for (long fd = r.descriptors; fd < end; ++fd) raw(SYS_close, fd);
}

// It says itself whom to end, before anything can go wrong with us: "-4711\n" for its group, else "4711\n".
inline void tell_guard(launch_request const& r) noexcept {
    char text[16];
    char* begin = text + sizeof text;
    *--begin = '\n';
    for (long rest = raw(SYS_getpid); rest > 0; rest /= 10) *--begin = static_cast<char>('0' + rest % 10);
    if (r.new_session || r.new_group) *--begin = '-';
    raw(SYS_write, r.guard, number_of(begin), text + sizeof text - begin);
}

inline long set_limits(launch_request const& r) noexcept {
    for (std::size_t i = 0; i < r.limit_count; ++i) {
        launch_limit const& limit = r.limits[i];
        long const done = raw(SYS_prlimit64, 0, limit.resource, number_of(limit.soft_and_hard), 0);
        if (done < 0) return done;
    }
    return 0;
}

inline bool is_ours(long get, unsigned wanted) noexcept {
    unsigned real = 0, effective = 0, saved = 0;
    return raw(get, number_of(&real), number_of(&effective), number_of(&saved)) == 0 &&
           (wanted == real || wanted == effective || wanted == saved);
}

inline long become(launch_request const& r) noexcept {
    if (r.set_groups) {
        long const done = raw(set_groups, static_cast<long>(r.group_count), number_of(r.groups));
        if (done < 0) return done;
    } else if (r.set_gid || r.set_uid) {
        // Without the right to clear its groups a process may still become who it already is, and only that.
        long const cleared = raw(set_groups, 0, 0);
        bool const stays = (!r.set_uid || is_ours(get_uids, r.uid)) && (!r.set_gid || is_ours(get_gids, r.gid));
        if (cleared < 0 && (cleared != -EPERM || !stays)) return cleared;
    }
    if (r.set_gid)
        if (long const done = raw(set_gid, r.gid); done < 0) return done;
    if (r.set_uid)
        if (long const done = raw(set_uid, r.uid); done < 0) return done;
    return r.no_new_privs ? raw(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1) : 0;
}

// As execvp and the shell: the first that can be run; one that may not be run is told only if there is no other.
inline long run_first(launch_request const& r) noexcept {
    long denied = 0;
    long answer = -ENOENT;
    for (char const* const* path = r.candidates; *path; ++path) {
        answer = raw(SYS_execve, number_of(*path), number_of(r.argv), number_of(r.envp));
        if (answer == -ENOEXEC) {
            r.shell_argv[1] = *path;
            answer = raw(SYS_execve, number_of(r.shell_argv[0]), number_of(r.shell_argv), number_of(r.envp));
        }
        switch (-answer) {
        case EACCES: denied = answer; break;
        case ENOENT:
        case ENOTDIR:
        case ENODEV:
        case ESTALE:
        case ETIMEDOUT: break;
        default: return answer;
        }
    }
    return denied ? denied : answer;
}

[[noreturn]] inline void fail(shared& state, launch_step step, long answer) noexcept {
    state.step = step;
    state.error = static_cast<int>(-answer);
    for (;;) raw(SYS_exit_group, 127);
}

void run(shared* state) noexcept {
    launch_request const& r = *state->request;
    reset_signals();
    if (r.new_session || r.new_group)
        if (long const done = r.new_session ? raw(SYS_setsid) : raw(SYS_setpgid, 0, 0); done < 0)
            fail(*state, launch_step::group, done);
    if (r.guard >= 0) tell_guard(r);
    if (r.set_umask) raw(SYS_umask, r.umask);
    if (r.directory)
        if (long const done = raw(SYS_chdir, number_of(r.directory)); done < 0)
            fail(*state, launch_step::directory, done);
    if (long const done = arrange_descriptors(r); done < 0) fail(*state, launch_step::descriptors, done);
    close_above(r);
    // Before the user changes: these may need the rights of root.
    if (long const done = set_limits(r); done < 0) fail(*state, launch_step::limits, done);
    if (r.set_nice)
        if (long const done = raw(SYS_setpriority, PRIO_PROCESS, 0, r.nice); done < 0)
            fail(*state, launch_step::nice, done);
    if (long const done = become(r); done < 0) fail(*state, launch_step::user, done);
    unsigned long const none = 0;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, number_of(&none), 0, kernel_mask_bytes);
    fail(*state, launch_step::exec, run_first(r));
}

} // namespace

launch_result launch(launch_request const& request, void* stack_top) noexcept {
    int const errno_before = errno;
    shared state{&request, 0, launch_step::clone};
    unsigned long const every = ~0UL;
    unsigned long mask_before = 0;
    int pidfd = -1;
    raw(SYS_rt_sigprocmask, SIG_SETMASK, number_of(&every), number_of(&mask_before), kernel_mask_bytes);
    long const pid = raw_clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, stack_top, &pidfd, run, &state);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, number_of(&mask_before), 0, kernel_mask_bytes);
    // The compiler cannot see that the child wrote here while we were held.
    int const error = pid < 0 ? static_cast<int>(-pid) : *static_cast<int volatile*>(&state.error);
    launch_step const step = *static_cast<launch_step volatile*>(&state.step);
    if (pid >= 0 && error != 0) {
        while (raw(SYS_wait4, pid, 0, 0, 0) == -EINTR) {}
        raw(SYS_close, pidfd);
    }
    errno = errno_before;
    if (error != 0) return {-1, -1, error, pid < 0 ? launch_step::clone : step};
    return {static_cast<pid_t>(pid), pidfd, 0, launch_step::exec};
}

} // namespace parlance
