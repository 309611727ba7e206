// For those who think in events: lines and ends that call back.
#include "support.hpp"

#include <parlance/exec.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>

namespace parlance {
namespace {

using namespace test;
using testing::ElementsAre;

asio::awaitable<process_end> waited(child c) { co_return co_await c.wait(); }

TEST(on_line, hears_each_line_of_each_output) {
    auto c = spawn("sh", {"-c", "printf 'one\\n\\nthree'; echo fault >&2"});
    std::vector<std::string> out, err;
    c.on_line([&](std::string_view line) { out.emplace_back(line); });
    c.on_line([&](std::string_view line) { err.emplace_back(line); }, 2);
    EXPECT_TRUE(run(waited(std::move(c))).ok());
    EXPECT_THAT(out, ElementsAre("one", "", "three")) << "the last one needs no newline";
    EXPECT_THAT(err, ElementsAre("fault"));
}

TEST(on_line, hears_a_line_when_it_comes_and_not_at_the_end) {
    auto c = spawn("sh", {"-c", "echo first; exec sleep 1000"});
    c.on_line([&c](std::string_view) { c.kill(signal::usr1); });
    struct conversation {
        static asio::awaitable<process_end> with(child& c) { co_return co_await c.wait(); }
    };
    EXPECT_EQ(run(conversation::with(c)).signal, signal::usr1);
}

TEST(on_line, gives_a_line_that_is_too_long_in_parts) {
    for (std::size_t const limit : {1, 4, 7, 100}) {
        auto c = spawn("printf", {"0123456789\\nab\\n"}, {.max_buffer_bytes = limit});
        std::string all;
        std::size_t longest = 0;
        c.on_line([&](std::string_view line) { all += line, longest = std::max(longest, line.size()); });
        EXPECT_TRUE(run(waited(std::move(c))).ok());
        EXPECT_EQ(all, "0123456789ab") << limit;
        EXPECT_LE(longest, limit);
    }
}

TEST(on_line, that_throws_ends_the_child_and_wait_throws_it) {
    auto c = spawn("sh", {"-c", "while echo x; do :; done"});
    c.on_line([](std::string_view) { throw std::runtime_error("enough"); });
    EXPECT_THROW(run(waited(std::move(c))), std::runtime_error);
    EXPECT_TRUE(has_no_children());
}

TEST(on_line, takes_an_output_that_can_then_not_be_asked_for) {
    auto c = spawn("true");
    c.on_line([](std::string_view) {});
    EXPECT_THROW(c.out(), failure);
    EXPECT_THROW(c.messages(), failure);
    EXPECT_THROW(stdio::output_of(c), failure);
    EXPECT_NO_THROW(c.err());
}

TEST(on_exit, hears_how_it_ended_before_wait_resumes_and_once) {
    auto c = spawn("sh", {"-c", "echo said; exit 3"});
    int heard = 0;
    c.on_exit([&](process_end const& end) {
        ++heard;
        EXPECT_EQ(end.code, 3);
        EXPECT_EQ(end.out, "said\n");
    });
    struct conversation {
        static asio::awaitable<void> with(child c, int& heard) {
            auto const end = co_await c.collect();
            EXPECT_EQ(heard, 1);
            EXPECT_EQ(end.out, "said\n");
            EXPECT_EQ((co_await c.wait()).code, 3) << "again";
        }
    };
    run(conversation::with(std::move(c), heard));
    EXPECT_EQ(heard, 1);
}

TEST(on_exit, is_called_while_another_coroutine_does_something_else) {
    struct conversation {
        static asio::awaitable<void> with(child c, bool& heard) {
            co_await line_of(c);
            auto other = spawn("sleep", {"1000"});
            c.on_exit([&](process_end const&) { heard = true, other.kill(); });
            co_await other.wait(); // nobody waits for c
        }
    };
    bool heard = false;
    run(conversation::with(spawn("sh", {"-c", "echo 1; exec >&-; sleep 0.1"}), heard));
    EXPECT_TRUE(heard);
}

TEST(events, are_told_to_nobody_once_the_child_is_dropped_or_detached) {
    struct conversation {
        static asio::awaitable<void> with(bool detaches) {
            bool heard = false;
            auto other = spawn("sleep", {"0.1"});
            {
                auto c = spawn("sh", {"-c", "read go; echo line"});
                c.in(); // it says nothing while we have this
                c.on_exit([&](process_end const&) { heard = true; });
                c.on_line([&](std::string_view) { heard = true; });
                co_await other.err().read_some({}); // something is awaited: it is watched from now on
                asio::co_spawn(co_await asio::this_coro::executor, c.wait(), asio::detached);
                if (detaches) c.detach();
            }
            co_await other.wait();
            EXPECT_FALSE(heard);
        }
    };
    for (bool const detaches : {false, true}) run(conversation::with(detaches));
}

TEST(on_exit, that_throws_makes_wait_throw_it) {
    auto c = spawn("true");
    c.on_exit([](process_end const&) { throw std::runtime_error("enough"); });
    EXPECT_THROW(run(waited(std::move(c))), std::runtime_error);
}

TEST(collect, gives_what_nobody_asked_for) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto& out = c.out();
            co_await c.in().write("question\n");
            c.in().close_write();
            auto const answer = co_await out.read_all();
            auto const end = co_await c.collect();
            EXPECT_EQ(answer, "question\n");
            EXPECT_EQ(end.out, "") << "it was asked for";
            EXPECT_EQ(end.err, "before\nafter\n") << "as far as its tail was kept before";
        }
    };
    run(conversation::with(spawn("sh", {"-c", "echo before >&2; cat; echo after >&2"})));
}

TEST(input, is_fed_beside_everything_else) {
    struct conversation {
        static asio::awaitable<std::string> with(child c) {
            auto const all = co_await c.out().read_all();
            EXPECT_TRUE((co_await c.wait()).ok());
            co_return all;
        }
    };
    std::string const much(3 << 20, 'y');
    EXPECT_TRUE(run(conversation::with(spawn("cat", {}, {.input = much}))) == much);
}

TEST(input, and_a_stream_of_ones_own_exclude_each_other) {
    auto c = spawn("cat", {}, {.input = "x"});
    EXPECT_THROW(c.in(), failure);
}

TEST(on_line, lets_go_of_what_its_hearer_holds_at_the_end_of_the_output) {
    auto const c = std::make_shared<child>(spawn("echo", {"a"}));
    auto const held = std::make_shared<int>(0);
    c->on_line([c, held](std::string_view) { ++*held; });
    EXPECT_TRUE(run(c->wait()).ok());
    EXPECT_EQ(*held, 1);
    EXPECT_EQ(held.use_count(), 1);
}

} // namespace
} // namespace parlance
