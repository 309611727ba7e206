// How a child and its tree are ended: stops, signals, timeouts.
#include "process/tree.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

namespace parlance {
namespace {

using namespace test;

TEST(stop, ends_who_listens_to_the_first_signal) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            co_await line_of(c);
            auto const end = co_await c.stop({.first = signal::usr1, .grace = generous});
            EXPECT_EQ(end.reason, end_reason::stopped);
            EXPECT_EQ(end.code, 7);
            EXPECT_LT(end.duration, generous);
        }
    };
    run(conversation::with(spawn("sh", {"-c", "trap 'exit 7' USR1; echo ready; while :; do sleep 0.01; done"})));
}

TEST(stop, kills_who_ignores_the_first_signal_when_the_grace_is_over) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            co_await line_of(c);
            auto const began = clock::now();
            auto const end = co_await c.stop({.grace = 100ms});
            EXPECT_EQ(end.reason, end_reason::stopped);
            EXPECT_EQ(end.signal, signal::kill);
            EXPECT_GE(clock::now() - began, 100ms);
        }
    };
    run(conversation::with(spawn("sh", {"-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"})));
    EXPECT_TRUE(has_no_children());
}

TEST(stop, wakes_who_is_stopped) {
    auto const end = exec_sync("kill -STOP $$", {.stop = {.grace = generous}, .timeout = 100ms});
    EXPECT_EQ(end.signal, signal::term);
    EXPECT_LT(end.duration, generous);
}

TEST(stop, gives_the_grace_to_the_whole_tree) {
    // The leader ends at once; what it started needs a moment, and has it.
    scratch_folder const folder;
    struct conversation {
        static asio::awaitable<void> with(child c) {
            co_await line_of(c);
            co_await c.stop({.grace = generous});
        }
    };
    auto const script = "sh -c \"trap 'sleep 0.2; echo clean > done; exit' TERM; echo ready; while :; do sleep 0.01; "
                        "done\" & trap 'exit' TERM; wait";
    run(conversation::with(spawn("sh", {"-c", script}, {.cwd = folder.path()})));
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/done"));
}

TEST(stop, kills_what_is_left_of_the_tree_when_the_grace_is_over) {
    struct conversation {
        static asio::awaitable<process_identity> with(child c) {
            auto const grandchild = identity_in(co_await line_of(c));
            co_await c.stop({.grace = 50ms});
            co_return grandchild;
        }
    };
    auto const script = "(trap '' TERM; exec sleep 1000) & sleep 0.1; echo $!; trap 'exit' TERM; wait";
    EXPECT_TRUE(is_gone_soon(run(conversation::with(spawn("sh", {"-c", script})))));
}

TEST(stop, ends_what_escaped_by_setsid_and_carries_the_token) {
    auto const token = random_token();
    struct conversation {
        static asio::awaitable<process_identity> with(child c) {
            auto const escaped = identity_in(co_await line_of(c));
            co_await c.stop({.grace = 50ms});
            co_return escaped;
        }
    };
    auto const script = "setsid sh -c 'trap \"\" TERM; echo $$; exec sleep 1000' & wait";
    EXPECT_TRUE(is_gone_soon(run(conversation::with(spawn("sh", {"-c", script}, {.token = token})))));
    EXPECT_FALSE(token_is_carried(token));
}

TEST(kill_by_token, ends_all_who_carry_it_and_no_one_else) {
    auto const token = random_token();
    auto const shell = "setsid sh -c 'echo $$; exec sleep 1000' & exec sleep 1000";
    struct conversation {
        static asio::awaitable<void> with(child mine, std::string token) {
            auto const escaped = identity_in(co_await line_of(mine));
            EXPECT_EQ(kill_by_token(token), 2U);
            EXPECT_TRUE(is_gone_soon(escaped));
            EXPECT_EQ((co_await mine.wait()).signal, signal::kill);
        }
    };
    auto other = spawn("sleep", {"1000"}, {.token = random_token()});
    run(conversation::with(spawn("sh", {"-c", shell}, {.token = token}), token));
    EXPECT_EQ(kill_by_token(token), 0U);
    EXPECT_EQ(kill_by_token(""), 0U);
    EXPECT_TRUE(is_alive(identity_of(other.pid()).value()));
}

TEST(kill_by_token, finds_a_process_in_the_middle_of_an_execve) {
    std::string const again = R"(exec sh -c "$1" sh "$1")"; // becomes itself, again and again
    for (int round = 0; round < 100; ++round) {
        auto const token = random_token();
        auto const restless = spawn("sh", {"-c", again, "sh", again}, {.token = token});
        ASSERT_EQ(kill_by_token(token), 1U) << round;
    }
}

TEST(kill, signals_the_whole_group) {
    struct conversation {
        static asio::awaitable<process_identity> with(child c) {
            auto const grandchild = identity_in(co_await line_of(c));
            EXPECT_TRUE(c.kill());
            auto const end = co_await c.wait();
            EXPECT_EQ(end.reason, end_reason::stopped);
            EXPECT_EQ(end.signal, signal::term);
            EXPECT_FALSE(c.kill());
            co_return grandchild;
        }
    };
    EXPECT_TRUE(is_gone_soon(run(conversation::with(spawn("sh", {"-c", "sleep 1000 & echo $!; wait"})))));
}

TEST(kill, reaches_one_process_alone_where_it_has_no_group_of_its_own) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            EXPECT_TRUE(c.kill(signal::kill));
            EXPECT_EQ((co_await c.wait()).signal, signal::kill); // and we are still here
        }
    };
    run(conversation::with(spawn("sleep", {"1000"}, {.own_group = false})));
}

TEST(timeout, begins_the_stop_plan) {
    auto const got =
        run_shell("trap '' TERM; while :; do sleep 1000; done", {.stop = {.grace = 50ms}, .timeout = 100ms});
    EXPECT_EQ(got.end.reason, end_reason::timed_out);
    EXPECT_EQ(got.end.signal, signal::kill);
    EXPECT_GE(got.end.duration, 150ms);
    EXPECT_LT(got.end.duration, generous);
    EXPECT_EQ(run_program("true", {}, {.timeout = 1h}).end.reason, end_reason::exited);
}

TEST(timeout, is_watched_while_only_a_stream_is_awaited) {
    struct conversation {
        static asio::awaitable<std::string> with(child c) { co_return co_await c.out().read_all(); }
    };
    EXPECT_EQ(run(conversation::with(spawn("sh", {"-c", "echo some; exec sleep 1000"}, {.timeout = 100ms}))), "some\n");
}

TEST(timeout, is_watched_and_errors_are_read_while_only_a_stream_is_awaited) {
    struct conversation {
        static asio::awaitable<std::string> with(child c) { co_return co_await c.out().read_all(); }
    };
    EXPECT_EQ(run(conversation::with(spawn("sh", {"-c", "head -c 300000 /dev/zero >&2; echo through"}))), "through\n");
}

} // namespace
} // namespace parlance
