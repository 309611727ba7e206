#pragma once
/// Runs a test's coroutine to its end, with a deadline that only a fault reaches.

#include <parlance/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <stdexcept>

namespace parlance::testing {

/// Runs `story` on a loop of its own; throws when it takes longer than a minute.
inline void tell(asio::awaitable<void> story) {
    asio::io_context loop(1);
    std::exception_ptr thrown;
    bool done = false;
    asio::co_spawn(loop, std::move(story), [&](std::exception_ptr e) {
        thrown = e;
        done = true;
        loop.stop();
    });
    loop.run_for(std::chrono::minutes(1));
    if (thrown) std::rethrow_exception(thrown);
    if (!done) throw std::runtime_error("the test did not end within a minute");
}

/// Lets everything else that is ready run first: a turn of the loop, several times.
inline asio::awaitable<void> turns(int count = 10) {
    for (int i = 0; i < count; ++i) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

} // namespace parlance::testing
