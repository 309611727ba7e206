#pragma once
/// From this process to another program, with nothing between: clone, a few system calls, execve.

#include "process/fd_plan.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace parlance {

/// One resource and its soft and hard limit, as prlimit(2) takes them.
struct launch_limit {
    int resource;
    std::uint64_t soft_and_hard[2];
};

/// All that the child does before its execve. Everything is prepared, for the child shares our memory and may neither
/// allocate nor lock; the pointers must live until `launch` returns.
struct launch_request {
    char const* const* candidates; ///< paths to try, as a shell tries the PATH; ends with null
    char* const* argv;             ///< ends with null
    char* const* envp;             ///< ends with null
    char const** shell_argv;       ///< "/bin/sh", room for the path, the arguments, null: for a script without `#!`
    char const* directory;         ///< to start in; null: ours
    fd_step const* steps;
    std::size_t step_count;
    int* lifted;      ///< room for one number for each descriptor of the child
    int descriptors;  ///< the child's numbers are 0 … descriptors-1; all above are closed
    bool new_session; ///< setsid
    bool new_group;   ///< setpgid; a new session has one anyway
    int guard;        ///< a descriptor of ours that is told whom to end when we do ("-4711\n"); -1: nobody watches
    launch_limit const* limits;
    std::size_t limit_count;
    bool set_nice, set_umask, no_new_privs;
    int nice;
    mode_t umask;
    bool set_groups, set_gid, set_uid;
    gid_t const* groups;
    std::size_t group_count;
    gid_t gid;
    uid_t uid;
    bool without_close_range; ///< as on a system that refuses the call (for tests)
};

/// Where it failed.
enum class launch_step : int { clone, group, directory, descriptors, limits, nice, user, exec };

struct launch_result {
    pid_t pid;        ///< -1 where nothing runs; a child that failed is already reaped
    int pidfd;        ///< -1 where nothing runs; close-on-exec
    int error;        ///< errno, 0 when the program runs
    launch_step step; ///< where `error` came from
};

/// Starts it and returns once the program runs or has failed to. Thread-safe. Leaves errno and the signal mask as they
/// were. `stack_top` is the upper end of at least `launch_stack_bytes` of memory, used by the child until its execve.
launch_result launch(launch_request const& request, void* stack_top) noexcept;
inline constexpr std::size_t launch_stack_bytes = 64 << 10;

} // namespace parlance
