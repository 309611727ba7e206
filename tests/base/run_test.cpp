#include <parlance/run.hpp>
#include <parlance/stream.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace parlance {
namespace {

asio::awaitable<int> answer() { co_return 42; }
asio::awaitable<void> fail() {
    throw std::runtime_error("as told");
    co_return;
}
asio::awaitable<int> run_inside() { co_return run(answer()); }
asio::awaitable<std::string> read_one(stream& from) {
    std::string bytes(1, ' ');
    co_await from.read_some(bytes);
    co_return bytes;
}
asio::awaitable<void> write_later(stream& to, std::string bytes) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_await to.write(std::move(bytes));
}
asio::awaitable<void> leave_going(asio::awaitable<void> what) {
    asio::co_spawn(co_await asio::this_coro::executor, std::move(what), asio::detached);
}

TEST(run, hands_out_what_was_returned_or_thrown) {
    EXPECT_EQ(run(answer()), 42);
    EXPECT_THROW(run(fail()), std::runtime_error);
    EXPECT_EQ(run(answer()), 42);
}

TEST(run, may_stand_inside_another) { EXPECT_EQ(run(run_inside()), 42); }

TEST(run, leaves_streams_usable_by_the_next_and_alive_after_it) {
    auto [near, far] = memory_pair();
    run(near.write("ab"));
    EXPECT_EQ(run(read_one(far)), "a");
    EXPECT_EQ(run(read_one(far)), "b");
}

TEST(run, goes_on_with_what_the_former_left_going) {
    auto [near, far] = memory_pair();
    run(leave_going(write_later(near, "x")));
    EXPECT_EQ(run(read_one(far)), "x");
}

asio::awaitable<void> wait_a_moment() {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
}

TEST(run, has_a_loop_of_its_own_after_a_fork) {
    run(wait_a_moment());
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        children.push_back(::fork());
        if (children.back() == 0) {
            for (int turn = 0; turn < 3; ++turn) run(wait_a_moment());
            ::_exit(0);
        }
    }
    for (int turn = 0; turn < 3; ++turn) run(wait_a_moment());
    for (auto const child : children) {
        int status = -1;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
}

} // namespace
} // namespace parlance
