#pragma once
// What the tests of pools share.
#include "support.hpp"

#include <parlance/pool.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gmock/gmock.h>

#include <functional>
#include <set>

namespace parlance::test {

inline pool shell_pool(std::string script, pool_options options, pool_hooks hooks = {}) {
    return {"sh", {"-c", std::move(script)}, options, std::move(hooks)};
}

/// Gives each message back.
inline pool echo_pool(pool_options options, pool_hooks hooks = {}) { return {"cat", {}, options, std::move(hooks)}; }

inline asio::awaitable<std::string> answer_of(pool_worker& worker, std::string question) {
    co_await worker.talk().send(message(std::move(question)));
    auto const heard = co_await worker.talk().receive();
    co_return heard ? std::string(heard->text()) : "none";
}

/// Lets what is ready to run run.
inline asio::awaitable<void> a_turn() {
    asio::steady_timer moment(co_await asio::this_coro::executor, 1ms);
    co_await moment.async_wait(asio::use_awaitable);
}

/// Waits for something that only time or another process brings.
inline asio::awaitable<void> until(std::function<bool()> is_so) {
    auto const deadline = clock::now() + generous;
    while (!is_so() && clock::now() < deadline) co_await a_turn();
    EXPECT_TRUE(is_so());
}

/// Coroutines beside the test's own.
class background {
public:
    explicit background(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    void start(asio::awaitable<void> what, asio::cancellation_slot slot = {}) {
        ++*running_;
        asio::co_spawn(executor_, std::move(what),
                       asio::bind_cancellation_slot(slot, [running = running_, faults = faults_](std::exception_ptr e) {
                           --*running;
                           *faults += e ? 1 : 0;
                       }));
    }
    asio::awaitable<void> ended() {
        return until([running = running_] { return *running == 0; });
    }
    std::size_t faults() const { return *faults_; }

private:
    asio::any_io_executor executor_;
    std::shared_ptr<std::size_t> running_ = std::make_shared<std::size_t>(0),
                                 faults_ = std::make_shared<std::size_t>(0);
};

} // namespace parlance::test
