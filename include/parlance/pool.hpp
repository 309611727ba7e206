#pragma once
/// Several processes of one program kept running: lent out one at a time, replaced when they die.
///
///     pool resizers("node", {"resize.js"}, {.size = 4});
///     auto worker = co_await resizers.acquire();     // one that nobody has; waits for it
///     co_await worker.talk().send(job);
///     auto done = co_await worker.talk().receive();  // none: it died, and the pool starts another
///     ...                                            // dropped, `worker` goes back to the pool
///     co_await resizers.drain();
///
/// Without `talks` it keeps servers running that nobody talks to: `co_await servers.run();`. When what is restarted,
/// replaced and given up: docs/pool.md. Work that must not be lost belongs into a queue: parlance/work.hpp.

#include <parlance/channel.hpp>
#include <parlance/process.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// The waits between starts that go wrong one after another: `first`, then twice as long each time, up to `most`; each
/// is shortened by up to a half by chance, so that processes which lost something in common do not return in step.
struct restart_pause {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds most{30'000};
};

/// Everything is copied; views need only live until the pool is made.
struct pool_options {
    unsigned size = 0;                          ///< processes at most; 0: as many as the machine has cores
    unsigned warm = 0;                          ///< of these: kept also when nobody wants them; 0: all
    std::chrono::milliseconds idle_for{60'000}; ///< one more than `warm` is ended when nobody wanted it for so long
    bool talks = true;                          ///< its standard input and output are a channel; else the input is
                                                ///< /dev/null, and what it prints is for `pool_hooks::output`
    framing frames = framing::lines;
    channel_options talk{};  ///< but for the name
    spawn_options process{}; ///< `cwd`, `env`, `limits`, `stop`, …; `out` and `err` may be a pipe, inherited or
                             ///< ignored, `in`, `more`, `input`, `token`, `detached` and `adopt_orphans` are the
                             ///< pool's own affair

    // ---- starts and deaths
    std::chrono::milliseconds start_within{30'000};  ///< for `pool_hooks::ready`
    std::chrono::milliseconds steady_after{1000};    ///< one that ends before, and said nothing, has failed to start
    unsigned give_up_after = 5;                      ///< so many failed starts in a row, over all places; 0: never
    restart_pause pauses{};                          ///< after a failed start, and after the second early death
    std::chrono::milliseconds healthy_after{10'000}; ///< a death after that is no early one

    // ---- replaced, although they live
    std::uint64_t most_uses = 0;                   ///< after it was lent out so often; 0: any number of times
    std::chrono::milliseconds check_every{0};      ///< one that nobody has is asked by `pool_hooks::healthy`; 0: never
    std::chrono::milliseconds check_within{5'000}; ///< a later answer is none
    bool overlap = true; ///< `restart` starts the new one before it ends the old one; false where only one can run,
                         ///< as with a port of its own

    // ---- the end
    std::chrono::milliseconds grace{10'000}; ///< for what is in hand, and for a process to end by itself; then its
                                             ///< stop plan begins (`process.stop`)
};

/// One process of a pool, lent out. Dropped it goes back, and the next may have it; dropped while an exception flies,
/// it counts as spoilt, since the conversation may have ended in its middle. Move-only; it may outlive the pool, whose
/// processes are then ended.
class pool_worker {
public:
    /// None: it can only be assigned to.
    pool_worker() noexcept;
    pool_worker(pool_worker&&) noexcept;
    pool_worker& operator=(pool_worker&&) noexcept;
    ~pool_worker();

    /// Its standard input and output. What was not received when the worker goes back, the next one receives: be
    /// through with the conversation, or `spoil`. Throws failure: errc::invalid_argument without `pool_options::talks`.
    channel& talk();
    /// "worker 3": where it runs, the same for all that run there one after another. In its environment the number is
    /// PARLANCE_PLACE.
    std::string const& name() const noexcept;
    unsigned place() const noexcept; ///< from 1
    pid_t pid() const noexcept;

    /// It is of no more use: when it goes back it is stopped, and another takes its place.
    void spoil() noexcept;
    /// How it ended. For one whose conversation is over: it is asked to end if it still lives, and waited for.
    asio::awaitable<process_end> end();

private:
    friend class pool_core;
    struct lease;
    explicit pool_worker(std::unique_ptr<lease>) noexcept;
    std::unique_ptr<lease> lease_;
};

/// What a program may want to decide or hear. All optional. They are called in the event loop and must not block.
struct pool_hooks {
    /// A new process: true when it may be lent out; the place for a handshake. False, a throw and a late answer are a
    /// failed start. Without it, a process may be lent out as soon as it runs.
    std::function<asio::awaitable<bool>(pool_worker&)> ready{};
    /// One that nobody has, every `check_every`. False, a throw or a late answer, and it is stopped and replaced.
    std::function<asio::awaitable<bool>(pool_worker&)> healthy{};
    /// A line that a process printed and that is no message. What these two throw drains the pool, and is then thrown
    /// by `run` and `drain`.
    std::function<void(std::string_view worker, std::string_view line)> output{};
    std::function<void(std::string_view sentence)> note{}; ///< a process died, could not start, is replaced
};

/// The pool at one moment, and what was counted since it began.
struct pool_statistics {
    unsigned ready = 0;   ///< may be lent out, or are
    unsigned busy = 0;    ///< of these: lent out
    unsigned waiting = 0; ///< for `acquire`
    std::uint64_t starts = 0;
    std::uint64_t failed_starts = 0;
    std::uint64_t deaths = 0;   ///< ended by themselves after a good start
    std::uint64_t replaced = 0; ///< ended by us: restarted, used up, spoilt, unhealthy, too many
};

/// Keeps processes running. It begins with the first await, on that coroutine's executor, and stays there: it is not
/// thread-safe, and may not outlive the event loop. Dropped, all its processes and what they started are killed and
/// reaped before the destructor returns.
class pool {
public:
    /// Nothing is started yet. Throws failure: errc::invalid_argument.
    pool(std::string program, std::vector<std::string> args = {}, pool_options options = {}, pool_hooks hooks = {});
    pool(pool&&) noexcept;
    pool& operator=(pool&&) noexcept;
    ~pool();

    /// Resumes when all that are to be kept warm are ready. Not needed: `acquire` begins the pool too.
    /// Throws failure: errc::start_failed when too many starts in a row failed, with the last reason.
    asio::awaitable<void> start();
    /// Starts, and resumes when the pool has ended: drained from elsewhere, or given up. Throws as `start`, and what a
    /// hook threw.
    asio::awaitable<void> run();

    /// One that nobody has: the one that was given back last; else the next that is free. Who came first is served
    /// first. Throws failure: errc::timed_out after `patience`, errc::start_failed, errc::channel_closed once it
    /// drains. Cancelled, it has taken nothing.
    asio::awaitable<pool_worker> acquire(std::chrono::milliseconds patience = std::chrono::milliseconds::max());
    /// One that nobody has and for which nobody waits; none when there is none now.
    std::optional<pool_worker> try_acquire();

    /// Replaces all processes, one after another; each finishes what it has in hand. With `overlap` never fewer are
    /// ready than before, and the new one is steady before the old one goes; without, one fewer.
    /// Throws failure: errc::start_failed when a new one does not start; then those that were not yet replaced go on.
    /// Cancelled, it goes no further. A second one begins when the first is through.
    asio::awaitable<void> restart();

    /// Lends out no more; what is in hand may be finished within the grace. Who is asked to end is told by the end of
    /// his input, or where he has none by the first signal; after the grace all are stopped. Resumes when none is left.
    /// Throws what a hook threw, and errc::start_failed where it was given up.
    asio::awaitable<void> drain();

    pool_statistics statistics() const noexcept;

private:
    std::shared_ptr<class pool_core> core_;
};

} // namespace parlance
