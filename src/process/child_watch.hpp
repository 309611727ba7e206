#pragma once
/// What the coroutines that watch over a child keep in their frames. Each notes itself in the core while it lives, and
/// goes with the frame, be that at its end or at the end of the event loop.

#include "process/child_core.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace parlance {

/// Keeps the core alive and counts one coroutine, from before its first step.
class child_core::running {
public:
    running(child_core& core, int child_core::* count) : core_(core.shared_from_this()), count_(count) {
        ++(core.*count_);
    }
    running(running&&) noexcept = default;
    running& operator=(running&&) = delete;
    ~running() {
        if (!core_) return;
        --((*core_).*count_);
        core_->notify();
    }
    child_core* operator->() const noexcept { return core_.get(); }
    child_core& operator*() const noexcept { return *core_; }

private:
    std::shared_ptr<child_core> core_;
    int child_core::* count_;
};

class child_core::alarm {
public:
    alarm(asio::any_io_executor const& executor, child_core& core) : timer_(executor), core_(core) {
        core_.alarms_.push_back(&timer_);
    }
    alarm(alarm const&) = delete;
    alarm& operator=(alarm const&) = delete;
    ~alarm() { std::erase(core_.alarms_, &timer_); }

    /// Resumes at `until`, at the next `notify`, or when the coroutine is cancelled.
    asio::awaitable<void> ring(std::optional<steady_time> until) {
        timer_.expires_at(until.value_or(steady_time::max()));
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    /// As `ring`, but cancellation is not heard.
    asio::awaitable<void> ring_only() {
        timer_.expires_at(steady_time::max());
        co_await timer_.async_wait(
            asio::bind_cancellation_slot(asio::cancellation_slot(), asio::as_tuple(asio::use_awaitable)));
    }

private:
    asio::steady_timer timer_;
    child_core& core_;
};

} // namespace parlance
