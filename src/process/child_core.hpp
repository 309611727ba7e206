#pragma once
/// What `child`, its streams and the coroutines that watch over it share.

#include "process/exit_facts.hpp"
#include "process/plan.hpp"

#include <parlance/fd.hpp>
#include <parlance/process.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace parlance {

class child_pipe;

/// One process and what is known of it. It holds nothing of an event loop, since it may outlive each that it is awaited
/// on: timers and registrations live in the coroutines, which the loop ends with itself, and are only noted here.
class child_core : public std::enable_shared_from_this<child_core> {
public:
    child_core(std::string command, spawn_options const& options);
    /// The process runs: `pidfd` and our ends of its pipes.
    void started(pid_t pid, unique_fd pidfd, std::vector<unique_fd> ours);

    // ---- what is known
    pid_t pid() const noexcept { return pid_; }
    std::string const& command() const noexcept { return command_; }
    stop_plan const& plan() const noexcept { return plan_; }
    /// It has ended, and what nobody else reads of its pipes has been read, or given up.
    bool finished() const noexcept { return now_.reaped && (draining_ == 0 || now_.gave_up_pipes); }
    bool gave_up_pipes() const noexcept { return now_.gave_up_pipes; }
    process_end end() const;

    // ---- its pipes
    /// Our end of its descriptor `number`, given away at most once; none where it is no pipe or is read already.
    unique_fd take(std::size_t number) noexcept;
    /// It is read here since nobody asked for it in time.
    bool is_read_away(int number) const noexcept;
    /// Nobody will ask for what was not taken: its input ends, and its output is read and dropped.
    void let_go_of_untaken(asio::any_io_executor const&);

    // ---- its life
    /// From now on its end is seen, its timeout is watched and a standard error that nobody took is read.
    void bind(asio::any_io_executor const&);
    /// Resumes when `finished()`. Throws operation_aborted when cancelled, unless `to_the_end`.
    static asio::awaitable<void> until_finished(std::shared_ptr<child_core>, bool to_the_end);
    /// Begins a stop plan, unless one is under way; then the shorter grace counts.
    void begin_stop(stop_plan plan, end_reason why);
    /// False when it has already ended.
    bool send(signal) noexcept;
    /// SIGKILL for the tree, then reaps it.
    void end_at_once() noexcept;
    /// Nobody watches over it any more.
    void release() noexcept;
    /// Something changed: who waits looks again.
    void notify() noexcept;

private:
    friend class child_pipe;
    class running; // one coroutine that watches over it, counted
    class alarm;   // a timer in a coroutine's frame, woken by `notify`
    using descriptor = asio::posix::stream_descriptor;

    static asio::awaitable<void> watch_exit(running);
    static asio::awaitable<void> supervise(running);
    static asio::awaitable<void> read_away(running, unique_fd, bool keep_tail);
    void start(asio::any_io_executor const&, asio::awaitable<void>);
    void keep_supervised(asio::any_io_executor const&);
    void drain(asio::any_io_executor const&, std::size_t number);
    void update() noexcept;
    void obey(next_step const&);
    void see_exit() noexcept;
    void reap() noexcept;
    void stop_watching() noexcept;
    void give_up_pipes_now() noexcept;
    void signal_tree(int number) noexcept;
    bool signal_group(int number) noexcept;
    void keep_tail(std::string_view bytes);

    std::string command_, token_;
    stop_plan plan_;
    bool leads_group_, ends_tree_;
    std::size_t err_tail_bytes_;
    pid_t pid_ = -1;
    unique_fd pidfd_;
    std::vector<unique_fd> ours_; // by the child's number; empty: no pipe, or given away
    std::vector<int> read_away_;  // the numbers of those that are read here

    situation now_;
    signal first_signal_ = signal::term; // of the plan that is being carried out
    bool released_ = false, output_cut_ = false;
    std::exception_ptr fault_; // what kept us from watching over it
    exit_facts facts_;
    std::string err_tail_;

    int watching_ = 0, supervising_ = 0, draining_ = 0; // coroutines
    descriptor* pidfd_watch_ = nullptr;
    std::vector<descriptor*> drains_;
    std::vector<asio::steady_timer*> alarms_;
    std::vector<child_pipe*> pipes_;
};

/// Children that were left alone or hang in the kernel: reaped when they have ended and we next start or end one.
void reap_when_ended(unique_fd pidfd) noexcept;
void reap_those_left() noexcept;

} // namespace parlance
