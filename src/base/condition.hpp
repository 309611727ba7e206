#pragma once
/// Waiting inside one event loop.

#include <parlance/asio.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace parlance {

/// A condition variable for the coroutines of one executor: look, wait, look again. A notice without a waiter is lost,
/// as with std::condition_variable; nothing can come between the look and the wait, since there is one thread.
class condition {
public:
    explicit condition(asio::any_io_executor executor)
        : timer_(executor, std::chrono::steady_clock::time_point::max()) {}

    /// Resumes at the next `notify_all`. Throws operation_aborted only where the waiting coroutine was cancelled.
    asio::awaitable<void> wait() { return wait_until(std::chrono::steady_clock::time_point::max()); }
    /// The same, or at `deadline`. The deadline of one waiter is that of all: give every waiter the same, or have one.
    asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point deadline) {
        if (timer_.expiry() != deadline) timer_.expires_at(deadline);
        auto [fault] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (fault && (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(fault);
    }
    void notify_all() { timer_.cancel(); }
    asio::any_io_executor executor() { return timer_.get_executor(); }

private:
    asio::steady_timer timer_;
};

} // namespace parlance
