// A child's standard input and output as a channel.
#include "support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parlance {
namespace {

using namespace test;

TEST(messages, go_both_ways_and_the_exit_comes_after_them) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto talk = c.messages();
            json::value const hello{{"text", "hi"}};
            co_await talk.send(hello);
            auto const answer = co_await talk.receive();
            EXPECT_EQ(answer->json(), hello);
            co_await talk.close();
            EXPECT_FALSE(co_await talk.receive());
            (co_await c.wait()).check();
        }
    };
    run(conversation::with(spawn("cat")));
}

TEST(messages, of_a_child_that_exits_at_once_are_not_lost) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto talk = c.messages();
            auto const end = co_await c.wait();
            EXPECT_EQ(end.code, 3);
            EXPECT_EQ(end.err_tail, "why\n");
            for (int n = 1; n <= 1000; ++n) {
                auto const got = co_await talk.receive();
                if (!got) co_return ADD_FAILURE() << "ended after " << n - 1;
                EXPECT_EQ(got->text(), std::to_string(n));
            }
            EXPECT_FALSE(co_await talk.receive());
        }
    };
    for (int i = 0; i < 10; ++i) run(conversation::with(spawn("sh", {"-c", "seq 1000; echo why >&2; exit 3"})));
}

TEST(messages, end_although_a_grandchild_holds_the_pipe) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto talk = c.messages();
            auto const pid = co_await talk.receive();
            EXPECT_FALSE(co_await talk.receive());
            ::kill(std::stoi(std::string(pid->text())), SIGKILL);
        }
    };
    run(conversation::with(spawn("sh", {"-c", "sleep 1000 & echo $!"}, {.drain = 50ms})));
}

TEST(messages, cannot_be_taken_twice) {
    auto c = spawn("cat");
    auto talk = c.messages();
    EXPECT_THROW(c.messages(), failure);
    auto other = spawn("cat");
    other.out();
    EXPECT_THROW(other.messages(), failure);
}

TEST(messages, carry_megabytes_through_a_child_in_order) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto talk = c.messages();
            std::string const big(3 << 20, 'x');
            asio::co_spawn(co_await asio::this_coro::executor, feed(talk, big), asio::detached);
            for (int n = 0; n < 5; ++n) {
                auto const got = co_await talk.receive();
                if (!got) co_return ADD_FAILURE() << "ended after " << n;
                EXPECT_EQ(got->text(), '"' + std::to_string(n) + big + '"');
            }
            EXPECT_FALSE(co_await talk.receive());
            EXPECT_TRUE((co_await c.wait()).ok());
        }
        static asio::awaitable<void> feed(channel& talk, std::string const& big) {
            for (int n = 0; n < 5; ++n) co_await talk.send(message('"' + std::to_string(n) + big + '"'));
            co_await talk.close();
        }
    };
    run(conversation::with(spawn("cat")));
}

TEST(messages, that_came_are_there_although_those_to_the_child_found_no_end) {
    struct conversation {
        static asio::awaitable<void> fill(channel& talk) {
            auto const sent = co_await as_result(talk.send(message(std::string(4 << 20, '1'))));
            auto const next = co_await as_result(talk.send(message("2")));
            EXPECT_FALSE(sent && next);
        }
        static asio::awaitable<void> with() {
            auto c = spawn("sh", {"-c", "exec 3<&0; sleep 1000 <&3 >&1 3<&- & echo 1"},
                           {.drain = 100ms, .token = "t" + random_token()});
            auto talk = c.messages();
            bool failed = false;
            asio::co_spawn(co_await asio::this_coro::executor, fill(talk), [&](std::exception_ptr) { failed = true; });
            co_await c.wait();
            asio::steady_timer moment(co_await asio::this_coro::executor);
            while (!failed) {
                moment.expires_after(1ms);
                co_await moment.async_wait(asio::use_awaitable);
            }
            auto const heard = co_await talk.receive();
            EXPECT_TRUE(heard && heard->text() == "1");
            EXPECT_FALSE(co_await talk.receive());
            c.kill(signal::kill);
        }
    };
    run(conversation::with());
}

} // namespace
} // namespace parlance
