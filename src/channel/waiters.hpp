#pragma once
/// Coroutines of one executor that wait for something, in the order in which they came.

#include <parlance/asio.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <list>

namespace parlance {

class waiters {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Resumes when woken (true) or at the deadline (false). Cancelled, it throws operation_aborted, unless it was
    /// woken before: then the turn is taken.
    asio::awaitable<bool> wait(asio::any_io_executor executor, time_point deadline = time_point::max()) {
        place mine(*this, executor, deadline);
        auto const [fault] = co_await mine.at->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!mine.at->woken && fault) throw boost::system::system_error(fault);
        co_return mine.at->woken;
    }

    void wake_one() {
        for (auto& each : queue_) {
            if (each.woken) continue;
            each.woken = true;
            each.timer.cancel();
            return;
        }
    }
    void wake_all() {
        for (auto& each : queue_) {
            each.woken = true;
            each.timer.cancel();
        }
    }
    /// Nobody waits, and nobody was woken who has not yet resumed.
    bool empty() const noexcept { return queue_.empty(); }
    /// Somebody was woken who has not yet resumed.
    bool waking() const noexcept { return !queue_.empty() && queue_.front().woken; }

private:
    struct one {
        asio::steady_timer timer;
        bool woken = false;
    };
    /// Leaves the queue even where the event loop ends before the wait does.
    struct place {
        place(waiters& all, asio::any_io_executor const& executor, time_point deadline)
            : queue(all.queue_), at(queue.insert(queue.end(), one{asio::steady_timer(executor, deadline)})) {}
        place(place const&) = delete;
        place& operator=(place const&) = delete;
        ~place() { queue.erase(at); }
        std::list<one>& queue;
        std::list<one>::iterator at;
    };
    std::list<one> queue_;
};

} // namespace parlance
