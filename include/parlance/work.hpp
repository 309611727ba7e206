#pragma once
/// Worker processes of any language, kept running and fed from a durable queue.
///
///     auto crew = parlance::workers(jobs, {"node", "worker.js"}, {.mode = work_mode::lines, .procs = 4});
///     auto done = co_await crew.run();
///
/// The protocol of a worker, what counts as an attempt and what becomes of a message when its worker dies:
/// docs/work.md. The command is `parlance work`.

#include <parlance/error.hpp>
#include <parlance/queue.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

enum class work_mode {
    exec,  ///< one process for each message: on its standard input, and for `{}` in its arguments
    lines, ///< long-lived processes: a line of JSON in for each message, a line of JSON out for each answer
    ipc,   ///< the same over Node's IPC channel: `process.on('message')`, `process.send`. A .js is run by node
};

struct work_options {
    work_mode mode = work_mode::exec;
    unsigned procs = 0;                   ///< workers at once; 0: as many as the machine has cores
    unsigned prefetch = 1;                ///< messages that one `lines` or `ipc` worker may hold
    std::chrono::milliseconds timeout{0}; ///< for one message; then its worker is killed. 0: none
    std::uint32_t max_receives = 0;       ///< attempts before a message is dead; 0: the queue's, else 5
    bool until_empty = false;             ///< end when nothing is waiting or in work
    bool due_only = false;                ///< for `until_empty`: messages that are delayed, or back off, do not count
    bool text = false;                    ///< messages are strings, whatever they look like
    std::chrono::milliseconds grace{10'000}; ///< for what is in hand, after `stop`
    std::chrono::milliseconds lease{30'000}; ///< renewed three times in that time; who waits for it to end is only
                                             ///< another machine, boot or pid namespace after our death
    bool adopt_orphans = false; ///< this process is a child subreaper, and starts nothing but this crew's workers: what
                                ///< a worker left is found and reaped when it ends, and what then is still left (it
                                ///< cleared its environment) when the crew ends
};

/// What was done so far.
struct work_summary {
    std::uint64_t done = 0;    ///< acked
    std::uint64_t failed = 0;  ///< attempts that failed or whose worker died
    std::uint64_t retried = 0; ///< of these: put back for another attempt
    std::uint64_t dead = 0;    ///< of these: moved to the dead-letter queue
    bool interrupted = false;  ///< the grace was over before all that was in hand was finished
    std::chrono::milliseconds duration{0};
    double rate() const noexcept; ///< done, each second
};

/// What a program may want to hear while it goes on. All optional; called in the event loop, so they must not block.
/// What one throws stops the crew as `stop` does, and `run` throws it in the end.
struct work_hooks {
    std::function<void(std::string_view worker, std::string_view line)> output{}; ///< a line that a worker printed
    std::function<void(std::string_view sentence)> note{}; ///< a worker died, a message is dead, work was taken over
    std::function<void(work_summary const&)> progress{};   ///< after each commit
};

/// A crew of worker processes on one queue. Nothing that it holds is lost when a worker, or this process, dies:
/// leases are renewed while a worker lives and given back when it dies, and the next crew on this machine ends what a
/// killed one left running before it takes its messages over.
class workers {
public:
    /// Nothing is started yet. Throws failure: errc::invalid_argument (no command, prefetch with `exec`).
    workers(queue jobs, std::vector<std::string> command, work_options options = {}, work_hooks hooks = {});
    workers(workers&&) noexcept;
    ~workers();

    /// Makes the queue where it is not there, and works until `stop`, or until the queue is empty where that was asked.
    /// Throws failure: errc::start_failed when five workers in a row ended before they took a message (nothing is
    /// charged to any message), errc::store_unavailable. All workers have ended and all messages are settled or back
    /// in the queue when it returns or throws. Once only.
    asio::awaitable<work_summary> run();

    /// Takes no more messages; what is in hand may be finished within the grace, then the workers get SIGTERM, and
    /// SIGKILL two seconds later. Thread: that of `run`.
    void stop();
    /// Ends the workers at once; what they held goes back to the queue and is charged no attempt.
    void stop_now();
    /// While it is held, what workers print is read no further than a little, so that those who print much wait, and no
    /// message is taken; leases are renewed all the same. For an `output` hook whose reader is slow: hold when much is
    /// waiting, let go when there is room again. A worker that waits so uses up its `timeout`. Thread: that of `run`.
    void hold_output(bool held);

    work_summary const& so_far() const noexcept;

private:
    std::shared_ptr<class crew> crew_;
};

} // namespace parlance
