#pragma once
/// Who waits for a queue in this process, and the thread that hears the bell and the clock for them.

#include "queue/lmdb_store/bell.hpp"
#include "queue/wakeup.hpp"

#include <functional>
#include <list>
#include <thread>

namespace parlance::lmdb_store {

class watcher {
public:
    /// What the thread asks the store for.
    struct duties {
        /// Milliseconds until something is due; none: nothing waits for a time.
        std::function<std::optional<std::uint64_t>()> next_due;
        /// Makes what is due ready, and announces it. May throw.
        std::function<void()> sweep;
        /// Every few seconds.
        std::function<void()> housekeeping;
    };
    watcher(lmdb_store::bell& rung, duties asked) : bell_(rung), duties_(std::move(asked)) {}
    watcher(watcher const&) = delete;
    ~watcher();

    enum class wish { messages, emptiness };
    /// One who waits. While it lives it is woken, in turn, by news of its queue; one that leaves woken without having
    /// looked hands the news on.
    class waiter {
    public:
        waiter(watcher& owner, std::uint32_t queue, wish what, asio::any_io_executor executor);
        waiter(waiter const&) = delete;
        ~waiter();
        /// Before each look: what comes after it wakes again.
        void about_to_look() { owes_a_look_ |= wakeup_.reset(); }
        /// After it, and only where it was not prevented.
        void has_looked() noexcept { owes_a_look_ = false; }
        std::uint32_t queue() const noexcept { return queue_; }
        asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) { return wakeup_.wait(until); }

    private:
        friend class watcher;
        watcher& watcher_;
        std::uint32_t queue_;
        wish wish_;
        bool owes_a_look_ = false; ///< to the news that woke it
        parlance::wakeup wakeup_;
        parlance::wakeup::ringer ringer_;
        std::list<waiter*>::iterator place_;
    };

    /// After a commit in this process: wakes our own directly, and rings for the others.
    void announce(commit_news const& news);

private:
    void start();
    void run();
    void wake_slot(std::size_t slot, std::uint32_t news);
    void hear();
    std::chrono::milliseconds time_to_sleep();
    template <class Concerns> void wake(Concerns concerns, std::uint32_t messages);
    void wake_everybody();

    lmdb_store::bell& bell_;
    duties duties_;
    std::mutex mutex_; ///< guards waiters_ and seen_
    std::list<waiter*> waiters_;
    std::array<std::uint32_t, bell_slots> seen_{};
    std::atomic<bool> stop_{false};
    std::thread thread_; ///< started by the first waiter
};

} // namespace parlance::lmdb_store
