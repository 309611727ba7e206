#include "work/feeder.hpp"

#include <parlance/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace parlance {
namespace {

/// A queue that is always full, or empty for ever.
asio::awaitable<std::vector<delivery>> plenty(std::size_t count) { co_return std::vector<delivery>(count); }
asio::awaitable<std::vector<delivery>> nothing(std::size_t) {
    condition never(co_await asio::this_coro::executor);
    co_await never.wait();
    co_return std::vector<delivery>{};
}

asio::awaitable<void> serve(feeder& feeds) { co_await feeds.run(); }

asio::awaitable<std::size_t> take_from(feeder& feeds, std::size_t count) {
    feeder::demand wants(co_await asio::this_coro::executor);
    auto const executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, serve(feeds), asio::detached);
    co_return (co_await feeds.take(wants, count)).size();
}

TEST(feeder, gives_what_is_wanted) {
    asio::io_context loop(1);
    feeder feeds(loop.get_executor(), plenty);
    std::size_t got = 0;
    asio::co_spawn(loop, take_from(feeds, 3),
                   [&](std::exception_ptr, std::size_t count) { got = count, feeds.stop(); });
    loop.run();
    EXPECT_EQ(got, 3U);
}

TEST(feeder, stopped_while_it_waits_gives_nothing_and_ends) {
    asio::io_context loop(1);
    feeder feeds(loop.get_executor(), nothing);
    std::optional<std::size_t> got;
    asio::co_spawn(loop, take_from(feeds, 3), [&](std::exception_ptr, std::size_t count) { got = count; });
    asio::post(loop, [&] { asio::post(loop, [&] { feeds.stop(); }); });
    loop.run(); // comes back: nobody waits any more
    EXPECT_EQ(got, 0U);
}

} // namespace
} // namespace parlance
