#pragma once
/// What `child`, its streams and the coroutines that watch over it share.

#include "process/exit_facts.hpp"
#include "process/guard.hpp"
#include "process/kept_output.hpp"
#include "process/launch.hpp"
#include "process/plan.hpp"
#include "process/spawn.hpp"
#include "process/stdio_set.hpp"

#include <parlance/fd.hpp>
#include <parlance/process.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace parlance {

class child_pipe;

/// One process and what is known of it. It holds nothing of an event loop, since it may outlive each that it is awaited
/// on: timers and registrations live in the coroutines, which the loop ends with itself, and are only noted here.
class child_core : public std::enable_shared_from_this<child_core> {
public:
    child_core(std::string command, spawn_options const& options, told heard);
    child_core(child_core const&) = delete;
    child_core& operator=(child_core const&) = delete;
    static child_core& of(child& c) noexcept { return *core_of(c); }
    /// The process runs. `stays`: it is not ended with the `child`.
    static child run(std::shared_ptr<child_core> core, launch_result const& process, stdio_set io, bool stays);
    /// Who ends it when we do, from before it is started.
    guard watched_by{};

    // ---- what is known
    pid_t pid() const noexcept { return pid_; }
    std::string const& command() const noexcept { return command_; }
    stop_plan const& plan() const noexcept { return plan_; }
    /// It has ended, and what nobody else reads of its pipes has been read, or given up.
    bool finished() const noexcept { return now_.reaped && (draining_ == 0 || now_.gave_up_pipes); }
    bool gave_up_pipes() const noexcept { return now_.gave_up_pipes; }
    /// With what was collected, which is then no longer here where it `hands_out`.
    process_end end(bool hands_out);

    // ---- its pipes
    /// Our end of its descriptor `number`, given away at most once; none where it is no pipe or is read already.
    unique_fd take(std::size_t number) noexcept;
    /// Our end of it, for another child; it stays ours. Throws failure: errc::invalid_argument where it is no output of
    /// its, or was asked for before.
    int output(int number) const;
    /// Throws failure: errc::invalid_argument where `number` can be asked for no more.
    void check_is_free(int number) const;
    // ---- its IPC channel
    bool has_channel() const noexcept { return channel_ >= 0; }
    /// Our end of it, once; none where it was given away.
    unique_fd take_channel() noexcept { return std::move(channel_socket_); }
    serialization channel_mode() const noexcept { return channel_mode_; }
    ipc_options const& channel_limits() const noexcept { return channel_limits_; } ///< without their name
    /// Whose messages are to be read before its end is told.
    void talks_by(std::weak_ptr<ipc_core> talk) noexcept { talk_ = std::move(talk); }
    /// Reads them from now on.
    void read_channel(asio::any_io_executor const&);

    /// Nobody will ask for what was not taken: its input ends, and its output is read, and dropped unless it is kept.
    void let_go_of_untaken(asio::any_io_executor const&);
    /// What is not taken is kept: from now on, where it is being read.
    void collect_untaken();
    void give_lines(int number, kept_output::line_function hear);
    void hear_exit(std::function<void(process_end const&)> hear) { on_exit_ = std::move(hear); }
    /// The one who asked to hear of it is gone.
    void stop_hearing() noexcept;
    void heard_something() noexcept { now_.heard = std::chrono::steady_clock::now(); }

    // ---- its life
    /// From now on its end is seen, its timeout is watched and a standard error that nobody took is read.
    void bind(asio::any_io_executor const&);
    /// Resumes when `finished()`. Cancelled, it ends the child. Throws what kept us from watching, and what a hearer
    /// threw.
    static asio::awaitable<void> until_finished(std::shared_ptr<child_core>);
    /// Begins a stop plan, unless one is under way; then the shorter grace counts.
    void begin_stop(stop_plan plan, end_reason why);
    void cancel(asio::cancellation_type asked) { begin_stop(plan_for(asked, plan_), end_reason::cancelled); }
    bool is_running() noexcept;
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

    static std::shared_ptr<child_core> const& core_of(child&) noexcept;
    static asio::awaitable<void> watch_exit(running);
    static asio::awaitable<void> supervise(running);
    static asio::awaitable<void> read_away(running, unique_fd, int number);
    static asio::awaitable<void> read_talk(running, std::shared_ptr<ipc_core>);
    static asio::awaitable<void> feed(running, unique_fd, std::string input);
    static asio::awaitable<std::exception_ptr> watch_to_the_end(std::shared_ptr<child_core>);
    void start(asio::any_io_executor const&, asio::awaitable<void>);
    void keep_supervised(asio::any_io_executor const&);
    void drain(asio::any_io_executor const&, std::size_t number);
    void keep(int number, std::string_view bytes);
    void keep_end(int number);
    void hook_failed(std::exception_ptr why);
    void tell_exit();
    void update() noexcept;
    void obey(next_step const&);
    void listen();
    void see_exit() noexcept;
    void reap() noexcept;
    void stop_watching() noexcept;
    void give_up_pipes_now() noexcept;
    void signal_tree(int number) noexcept;
    bool signal_group(int number) noexcept;
    void end_escaped() noexcept;
    void tell_end() noexcept;
    process_end facts() const;

    std::string command_, token_, input_;
    stop_plan plan_;
    bool leads_group_, ends_tree_, adopts_, is_told_;
    std::size_t err_tail_bytes_, max_buffer_bytes_;
    pid_t pid_ = -1;
    pid_t const started_by_ = ::getpid(); // a process that is forked from this one has a copy of us, and no child
    unique_fd pidfd_;
    int channel_ = -1;         // its number of the IPC channel
    unique_fd channel_socket_; // our end of it, until it is given away; none of the pipes in `ours_`
    serialization channel_mode_;
    ipc_options channel_limits_;
    std::weak_ptr<ipc_core> talk_; // whose stream holds us
    bool reads_channel_ = false;
    std::vector<unique_fd> ours_;     // by the child's number; empty: no pipe, or given away
    std::map<int, kept_output> kept_; // those that are read here, or will be
    std::vector<int> read_away_;      // the numbers of those that are
    std::function<void(process_end const&)> on_exit_;

    situation now_;
    signal first_signal_ = signal::term; // of the plan that is being carried out
    bool released_ = false, output_cut_ = false;
    std::exception_ptr fault_;      // what kept us from watching over it
    std::exception_ptr hook_fault_; // what a hearer threw
    exit_facts facts_;
    resource_usage used_;

    int watching_ = 0, supervising_ = 0, draining_ = 0, feeding_ = 0; // coroutines
    descriptor* pidfd_watch_ = nullptr;
    stream* fed_ = nullptr;
    std::vector<descriptor*> drains_;
    std::vector<alarm*> alarms_;
    std::vector<child_pipe*> pipes_;
};

/// Children that were left alone or hang in the kernel: reaped when they have ended and we next start or end one.
void reap_when_ended(unique_fd pidfd, pid_t pid) noexcept;
void reap_those_left() noexcept;

} // namespace parlance
