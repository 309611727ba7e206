#pragma once
/// Descriptors of processes: they name a process for good, where a number may come to mean another.

#include <parlance/fd.hpp>

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>

namespace parlance {

/// A process that was killed is gone in a millisecond, unless it hangs in the kernel.
inline constexpr std::chrono::milliseconds hang_limit{500};

/// None (empty) where there is no such process.
unique_fd open_pidfd(pid_t pid) noexcept;
/// False where it is gone (reaped) or may not be signalled. Signal 0 only asks.
bool send_to_pidfd(int pidfd, int signal_number) noexcept;
/// waitid(2) on our own child, restarted after signals: 0, and `about.si_pid` 0 where nothing is to be told; -1 where
/// it is not ours to wait for. The system tells what it used, too; glibc's waitid does not.
int wait_on_pidfd(int pidfd, int options, siginfo_t& about, rusage* used = nullptr) noexcept;
/// Waits until the process has ended; false when `limit` was not enough.
bool wait_for_pidfd(int pidfd, std::chrono::milliseconds limit) noexcept;

} // namespace parlance
