#pragma once
/// What the coroutines that watch over a child keep in their frames. Each notes itself in the core while it lives, and
/// goes with the frame, be that at its end or at the end of the event loop.

#include "process/child_core.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
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
        core_.alarms_.push_back(this);
    }
    alarm(alarm const&) = delete;
    alarm& operator=(alarm const&) = delete;
    ~alarm() { std::erase(core_.alarms_, this); }

    /// Resumes at `until`, at the next `wake`, or when the coroutine is cancelled: then, and only then, with true.
    asio::awaitable<bool> ring(std::optional<steady_time> until) {
        woken_ = false;
        timer_.expires_at(until.value_or(steady_time::max()));
        auto const [fault] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return fault == asio::error::operation_aborted && !woken_;
    }
    void wake() noexcept {
        woken_ = true;
        timer_.cancel();
    }

private:
    asio::steady_timer timer_;
    child_core& core_;
    bool woken_ = false;
};

} // namespace parlance
