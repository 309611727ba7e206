#pragma once
/// Who ends a child when we do, also after a kill -9 of ours.

#include <parlance/fd.hpp>
#include <parlance/process.hpp>

#include <optional>

namespace parlance {

/// A `sh` that reads from a pipe of which only we hold the other end: its end is ours. PR_SET_PDEATHSIG would do
/// without a process, but it fires when the thread ends that started the child, and reaches nothing that the child
/// started.
class guard {
public:
    /// From now on. Throws what `spawn` throws.
    void start();
    /// Where the child says whom to end; -1 where nobody watches.
    int line() const noexcept { return line_.get(); }
    /// Before the child is reaped, since its number is then another's.
    void dismiss() noexcept;

private:
    unique_fd line_; // outlives the shell, which takes its end for ours
    std::optional<child> shell_;
};

} // namespace parlance
