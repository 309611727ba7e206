#pragma once
/// N places in which one process after another runs: what a crew of `work` and a `pool` have in common.

#include "base/condition.hpp"
#include "process/restart_policy.hpp"

#include <parlance/process.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace parlance {

/// Knows the processes that live, counts starts that fail, and ends it all: after `stop` whoever has something in hand
/// has the grace for it, then come the signals. What runs in a place is its owner's story. A member of its owner, who
/// lives, as shared as he is, until its last coroutine has ended.
class places {
public:
    struct rules {
        restart_pause pauses{};
        unsigned give_up_after = 5; ///< starts that fail in a row, over all places; 0: never
        std::chrono::milliseconds grace{10'000};
        stop_plan after_grace{.first = signal::term, .grace = std::chrono::seconds(2)};
        bool spreads = false; ///< pauses are shortened by chance
    };
    struct listener {
        std::function<void(std::string const& why)> start_failed;
        std::function<void()> gave_up;                 ///< too many did, in a row
        std::function<void()> ends_processes;          ///< from now on what ends is ended by us
        std::function<void(std::exception_ptr)> fault; ///< a coroutine threw this
    };
    places(asio::any_io_executor executor, std::weak_ptr<void> owner, rules const& how, listener hears);

    // ---- their coroutines

    /// One that ends with the others.
    void start(asio::awaitable<void> what);
    /// A place: it is open until its story ends.
    void open(asio::awaitable<void> story);
    asio::awaitable<void> until_closed();
    asio::awaitable<void> until_all_ended();
    /// Something changed for those two.
    condition& changed() noexcept { return changed_; }

    // ---- their processes

    /// Noted here a process is reached by the signals; its owner takes it out when it has ended.
    std::set<child*>& living() noexcept { return living_; }
    start_guard& starts() noexcept { return starts_; }
    /// A process ended before it was of use: resumes when its place may start the next, or everything stops.
    asio::awaitable<void> start_failed(std::string why);
    /// Too many starts failed in a row.
    failure gave_up(std::string title, std::string mend) const;
    /// Resumes when so much time is over (less, by chance, where pauses are spread), or everything stops.
    asio::awaitable<void> pause(std::chrono::milliseconds length);

    // ---- their end

    /// No more is to be started. After the grace the processes that live are ended.
    void stop();
    /// Ends them at once.
    void stop_now();
    /// The same, where the event loop may not run any more: nothing is waited for.
    void abandon() noexcept;
    bool stopping() const noexcept { return stopping_; }
    /// The grace is over, or nobody waits for it.
    bool ending() const noexcept { return ending_; }
    /// All of them at once: who looks for what they left looks once.
    bool at_once() const noexcept { return at_once_; }

private:
    asio::awaitable<void> end_after_grace();
    asio::awaitable<void> until_closed_or(std::chrono::steady_clock::time_point deadline);
    void begin_to_end();
    void start_counted(asio::awaitable<void> what, bool is_place);
    void signal_all(signal which) noexcept;

    std::weak_ptr<void> owner_;
    rules const how_;
    listener const hears_;
    start_guard starts_;
    std::set<child*> living_;
    condition changed_;    ///< a coroutine ended
    condition stop_clock_; ///< a place closed, for the one who counts the grace
    std::set<condition*> pausing_;
    std::minstd_rand chance_{std::random_device{}()};
    std::size_t open_ = 0, coroutines_ = 0; // places are coroutines too
    bool stopping_ = false, ending_ = false, at_once_ = false;
};

} // namespace parlance
