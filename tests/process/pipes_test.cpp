// What becomes of a child's pipes.
#include "support.hpp"

#include <boost/asio/steady_timer.hpp>

namespace parlance {
namespace {

using namespace test;

TEST(drain, is_bounded_when_a_grandchild_holds_the_pipes) {
    struct conversation {
        static asio::awaitable<process_end> with(child c) { co_return co_await c.wait(); }
    };
    auto const began = clock::now();
    auto const end = run(conversation::with(spawn("sh", {"-c", "sleep 1000 & echo $! >&2; exit 3"}, {.drain = 100ms})));
    EXPECT_EQ(end.code, 3);
    EXPECT_FALSE(end.output_complete);
    EXPECT_GE(clock::now() - began, 100ms);
    EXPECT_LT(clock::now() - began, generous);
    ::kill(std::stoi(end.err_tail), SIGKILL);
}

TEST(drain, is_bounded_also_when_the_child_ended_before_it_was_awaited) {
    auto c = spawn("sh", {"-c", "sleep 1000 & echo $! >&2; exit 3"}, {.drain = 50ms});
    siginfo_t about{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(c.pid()), &about, WEXITED | WNOWAIT), 0);
    struct conversation {
        static asio::awaitable<process_end> with(child mine) { co_return co_await mine.wait(); }
    };
    auto const end = run(conversation::with(std::move(c)));
    EXPECT_EQ(end.code, 3);
    EXPECT_FALSE(end.output_complete);
    ::kill(std::stoi(end.err_tail), SIGKILL);
}

TEST(drain, ends_a_stream_that_was_taken_with_all_that_was_written) {
    struct conversation {
        static asio::awaitable<std::string> with(child c) {
            auto all = co_await c.out().read_all();
            auto const end = co_await c.wait();
            EXPECT_TRUE(end.ok());
            co_return all;
        }
        static asio::awaitable<std::string> late(child c) {
            auto& out = c.out();
            co_await c.wait();
            auto timer = asio::steady_timer(co_await asio::this_coro::executor, 150ms); // longer than its drain
            co_await timer.async_wait(asio::use_awaitable);
            co_return co_await out.read_all();
        }
    };
    spawn_options const options{.drain = 100ms};
    auto const script = "sleep 1000 & echo $!";
    auto const held = run(conversation::with(spawn("sh", {"-c", script}, options)));
    ::kill(std::stoi(held), SIGKILL);
    auto const read_late = run(conversation::late(spawn("sh", {"-c", script}, options)));
    ::kill(std::stoi(read_late), SIGKILL);
}

TEST(streams, outlive_the_child_that_they_came_from) {
    struct conversation {
        static asio::awaitable<std::string> with(std::optional<child> c) {
            auto out = std::move(c->out());
            std::string got(7, '\0');
            got.resize(co_await out.read_some(got));
            c.reset();
            co_return got + co_await out.read_all();
        }
    };
    EXPECT_EQ(run(conversation::with(spawn("sh", {"-c", "echo before; exec sleep 1000"}))), "before\n");
}

TEST(writing, to_a_child_that_is_gone_is_an_error_and_no_signal) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto& in = c.in();
            co_await c.wait();
            auto const got = co_await as_result(in.write("anybody?"));
            EXPECT_FALSE(got);
            if (!got) {
                EXPECT_EQ(got.error().code(), make_error_code(errc::peer_closed));
            }
        }
    };
    run(conversation::with(spawn("true"))); // SIGPIPE is at its default: it would end this program
}

TEST(asking_too_late, is_an_error_and_not_silence) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            co_await c.wait();
            for (int number : {1, 2}) {
                try {
                    c.at(number);
                    ADD_FAILURE() << number;
                } catch (failure const& fault) {
                    EXPECT_EQ(fault.code(), make_error_code(errc::invalid_argument));
                }
            }
        }
    };
    run(conversation::with(spawn("true")));
}

} // namespace
} // namespace parlance
