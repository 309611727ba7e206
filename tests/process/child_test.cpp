// The life of a child: its end, its stop, its timeout, its tree, and what becomes of its pipes.
#include "process/identity.hpp"
#include "process/tree.hpp"
#include "support.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

namespace parlance {
namespace {

using namespace test;
using clock = std::chrono::steady_clock;

constexpr auto generous = 30s;

/// Waits, outside any event loop, until nobody of that identity runs.
bool is_gone_soon(process_identity const& who) {
    for (auto const deadline = clock::now() + generous; clock::now() < deadline; ::usleep(2000))
        if (life_of(who) == life::gone) return true;
    return false;
}

process_identity identity_in(std::string const& line) { return identity_of(std::stoi(line)).value(); }

TEST(child, drops_output_that_nobody_asked_for_and_keeps_the_tail_of_errors) {
    struct conversation {
        static asio::awaitable<process_end> with(child c) { co_return co_await c.wait(); }
    };
    auto const end = run(conversation::with(spawn(
        "sh", {"-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo last words >&2; cat; exit 3"},
        {.err_tail_bytes = 16})));
    EXPECT_EQ(end.code, 3);
    EXPECT_EQ(end.err_tail, std::string(5, '\0') + "last words\n");
    EXPECT_TRUE(end.output_complete);
    EXPECT_EQ(end.sentence().substr(end.sentence().size() - 10), "last words");
}

TEST(child, can_be_awaited_again_and_on_another_loop) {
    auto c = spawn("sh", {"-c", "exit 5"});
    struct conversation {
        static asio::awaitable<process_end> with(child& mine) { co_return co_await mine.wait(); }
    };
    EXPECT_EQ(run(conversation::with(c)).code, 5);
    EXPECT_EQ(run(conversation::with(c)).code, 5);
    EXPECT_FALSE(c.kill());
}

TEST(child, outlives_the_loop_in_which_it_was_awaited) {
    auto c = spawn("sh", {"-c", "read line; exit 5"}, {.in = stdio::pipe(), .timeout = 1h});
    c.in();
    struct conversation {
        static asio::awaitable<void> cut_short(child& mine) {
            asio::co_spawn(co_await asio::this_coro::executor, mine.wait(), asio::detached);
            co_await asio::post(asio::use_awaitable); // now it waits, and the loop ends with it waiting
        }
        static asio::awaitable<process_end> with(child& mine) {
            EXPECT_TRUE(mine.kill());
            co_return co_await mine.wait();
        }
    };
    run(conversation::cut_short(c));
    EXPECT_EQ(run(conversation::with(c)).signal, signal::term);
}

TEST(child, has_all_its_output_read_after_its_end) {
    struct conversation {
        static asio::awaitable<void> with(child c) {
            auto& out = c.out();
            auto const end = co_await c.wait();
            EXPECT_TRUE(end.ok());
            EXPECT_EQ(co_await out.read_all(), "last message\n");
        }
    };
    run(conversation::with(spawn("echo", {"last message"})));
}

TEST(child, that_is_dropped_is_ended_with_its_group) {
    process_identity grandchild;
    struct conversation {
        static asio::awaitable<process_identity> with(child c) { co_return identity_in(co_await line_of(c)); }
    };
    grandchild = run(conversation::with(spawn("sh", {"-c", "trap '' TERM INT HUP; sleep 1000 & echo $!; wait"})));
    EXPECT_TRUE(is_gone_soon(grandchild));
    EXPECT_TRUE(has_no_children());
}

TEST(child, that_was_never_awaited_is_ended_too) {
    auto const before = open_descriptors();
    { auto c = spawn("sleep", {"1000"}); }
    EXPECT_TRUE(has_no_children());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(child, that_is_replaced_is_ended) {
    auto c = spawn("sleep", {"1000"});
    auto const first = identity_of(c.pid()).value();
    c = spawn("true");
    EXPECT_EQ(life_of(first), life::gone);
}

TEST(child, that_is_detached_lives_on) {
    process_identity by_option, by_call;
    {
        auto a = spawn("sleep", {"1000"}, {.detached = true});
        auto b = spawn("sleep", {"1000"});
        b.detach();
        by_option = identity_of(a.pid()).value(), by_call = identity_of(b.pid()).value();
    }
    for (auto const& each : {by_option, by_call}) {
        EXPECT_TRUE(is_alive(each));
        ::kill(each.pid, SIGKILL);
        EXPECT_TRUE(is_gone_soon(each));
    }
    spawn("true"); // the next start reaps what was left alone
    EXPECT_TRUE(has_no_children());
}

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

TEST(wait, that_is_cancelled_ends_the_child_by_its_stop_plan) {
    using namespace asio::experimental::awaitable_operators;
    struct conversation {
        static asio::awaitable<void> with(child c, process_identity who) {
            bool both_threw = false;
            try {
                co_await (c.wait() && failing(c));
            } catch (asio::multiple_exceptions const&) {
                both_threw = true;
            }
            EXPECT_TRUE(both_threw) << "the failing one, and the wait: operation_aborted";
            EXPECT_EQ(life_of(who), life::gone);
            auto const end = co_await c.wait();
            EXPECT_EQ(end.reason, end_reason::stopped);
            EXPECT_EQ(end.signal, signal::kill);
        }
        static asio::awaitable<void> failing(child& c) {
            co_await line_of(c);
            throw failure(errc::not_supported);
        }
    };
    auto c = spawn("sh", {"-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"}, {.stop = {.grace = 50ms}});
    c.out();
    auto const who = identity_of(c.pid()).value();
    run(conversation::with(std::move(c), who));
    EXPECT_TRUE(has_no_children());
}

TEST(wait, resumes_when_the_child_is_dropped_meanwhile) {
    struct conversation {
        static asio::awaitable<process_end> with(asio::awaitable<process_end> waiting, std::optional<child>& c) {
            asio::co_spawn(co_await asio::this_coro::executor, drop(c), asio::detached);
            co_return co_await std::move(waiting);
        }
        static asio::awaitable<void> drop(std::optional<child>& c) {
            c.reset();
            co_return;
        }
    };
    std::optional<child> c(spawn("sleep", {"1000"}));
    auto waiting = c->wait();
    auto const end = run(conversation::with(std::move(waiting), c));
    EXPECT_EQ(end.reason, end_reason::stopped);
    EXPECT_EQ(end.signal, signal::kill);
}

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

TEST(host, that_ignores_sigchld_sees_the_end_without_a_status) {
    ::signal(SIGCHLD, SIG_IGN);
    auto const got = run_shell("echo words; exit 3");
    EXPECT_EQ(got.out, "words\n");
    EXPECT_EQ(got.end.reason, end_reason::status_taken);
    EXPECT_FALSE(got.end.code);
    EXPECT_FALSE(got.end.ok());
    { auto dropped = spawn("sleep", {"1000"}); }
    EXPECT_EQ(start_failure("no-such-program").code(), make_error_code(errc::program_not_found));
}

TEST(host, that_reaps_everything_is_survived) {
    auto c = spawn("sh", {"-c", "exit 3"});
    ASSERT_EQ(::waitpid(-1, nullptr, 0), c.pid());
    struct conversation {
        static asio::awaitable<process_end> with(child mine) { co_return co_await mine.wait(); }
    };
    EXPECT_EQ(run(conversation::with(std::move(c))).reason, end_reason::status_taken);
}

TEST(identity, tells_a_process_from_a_later_one_of_its_number) {
    auto const self = own_identity();
    EXPECT_EQ(self.pid, ::getpid());
    EXPECT_TRUE(is_alive(self));
    auto other = self;
    other.start_ticks += 1;
    EXPECT_EQ(life_of(other), life::gone);
    other = self, other.boot_id = "another";
    EXPECT_EQ(life_of(other), life::unknown);
    other = self, other.pid_namespace += 1;
    EXPECT_EQ(life_of(other), life::unknown);
    EXPECT_FALSE(identity_of(-1));
}

TEST(random_token, is_not_the_same_twice) {
    auto const token = random_token();
    EXPECT_EQ(token.size(), 32U);
    EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(token, random_token());
}

} // namespace
} // namespace parlance
