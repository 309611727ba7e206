#pragma once
/// Something that one coroutine waits for and any thread brings about.

#include <parlance/asio.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace parlance {

/// Whether an event loop still takes what other threads post. One that is being destroyed does not: Asio then empties
/// its queue without a lock, and destroys the coroutines, who could tell us, only at the end of that.
class loop_gate final : public asio::execution_context::service {
public:
    struct state {
        std::mutex mutex;
        bool open = true;
    };
    inline static asio::execution_context::id id;
    explicit loop_gate(asio::execution_context& loop) : service(loop) {}
    static std::shared_ptr<state> of(asio::any_io_executor const& executor) {
        return asio::use_service<loop_gate>(asio::query(executor, asio::execution::context)).state_;
    }

private:
    void shutdown() noexcept override {
        std::lock_guard const lock(state_->mutex);
        state_->open = false;
    }
    std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// Made by the coroutine that waits, on its executor, and dropped by it; `ringer`s may live longer and then do nothing.
class wakeup {
    struct shared {
        std::mutex mutex;
        asio::steady_timer* timer = nullptr; ///< none: nobody waits any more
        std::shared_ptr<loop_gate::state> loop;
        bool woken = false;
    };
    template <class Token> auto start(std::chrono::steady_clock::time_point until, Token&& token) {
        return asio::async_initiate<Token, void(boost::system::error_code)>(
            [this, until](auto handler) {
                std::lock_guard const lock(shared_->mutex);
                timer_.expires_at(shared_->woken ? std::chrono::steady_clock::time_point::min() : until);
                timer_.async_wait(std::move(handler));
            },
            token);
    }

public:
    explicit wakeup(asio::any_io_executor executor) : timer_(executor), shared_(std::make_shared<shared>()) {
        shared_->timer = &timer_;
        shared_->loop = loop_gate::of(executor);
    }
    wakeup(wakeup const&) = delete;
    ~wakeup() { // also when the event loop is destroyed while we wait
        std::lock_guard const lock(shared_->mutex);
        shared_->timer = nullptr;
    }

    class ringer {
    public:
        /// False where it was woken already, or nobody waits any more. From any thread.
        bool wake() const {
            std::scoped_lock const lock(shared_->loop->mutex, shared_->mutex);
            if (!shared_->loop->open || shared_->timer == nullptr || shared_->woken) return false;
            shared_->woken = true;
            asio::post(shared_->timer->get_executor(), [shared = shared_] {
                std::lock_guard const again(shared->mutex);
                if (shared->timer != nullptr) shared->timer->cancel();
            });
            return true;
        }

    private:
        friend class wakeup;
        explicit ringer(std::shared_ptr<shared> state) : shared_(std::move(state)) {}
        std::shared_ptr<shared> shared_;
    };
    ringer bell() const { return ringer(shared_); }

    bool woken() const {
        std::lock_guard const lock(shared_->mutex);
        return shared_->woken;
    }
    /// From now on a wake counts again; says whether there was one.
    bool reset() {
        std::lock_guard const lock(shared_->mutex);
        return std::exchange(shared_->woken, false);
    }

    /// Resumes when woken, at `until`, or cancelled; `woken()` tells.
    asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) {
        boost::system::error_code ignored;
        co_await start(until, asio::redirect_error(asio::use_awaitable, ignored));
    }
    /// Resumes when woken, whatever is cancelled meanwhile: for what cannot be called back.
    asio::awaitable<void> wait_for_certain() {
        while (!woken()) {
            boost::system::error_code ignored;
            co_await start(std::chrono::steady_clock::time_point::max(),
                           asio::bind_cancellation_slot(asio::cancellation_slot(),
                                                        asio::redirect_error(asio::use_awaitable, ignored)));
        }
    }

private:
    asio::steady_timer timer_;
    std::shared_ptr<shared> shared_;
};

} // namespace parlance
