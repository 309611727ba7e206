// The life of a child: its end, who sees it, and what it is called.
#include "support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

namespace parlance {
namespace {

using namespace test;

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

TEST(sentence, ends_with_the_line_that_says_what_happened) {
    struct {
        std::string_view tail, line;
    } const table[] = {
        {"last words\n", ": last words"},
        {"/x/child.js:1\nthrow new Error('boom')\n^\n\nError: boom\n    at run (x.js:1:1)\n\nNode.js v20.20.2\n",
         ": Error: boom"},
        {"Traceback (most recent call last):\n  File \"x.py\", line 1\nValueError: bad\n", ": ValueError: bad"},
        {"    indented\n\t^\n", ": \t^"},
        {"\n \r\n", "exited with 1 after 1ms"},
    };
    for (auto const& each : table) {
        process_end const end{.command = "node child.js",
                              .code = 1,
                              .duration = std::chrono::milliseconds(1),
                              .err_tail = std::string(each.tail)};
        EXPECT_TRUE(end.sentence().ends_with(each.line)) << end.sentence();
    }
}

struct sigchld_ignored {
    void (*before)(int) = ::signal(SIGCHLD, SIG_IGN);
    sigchld_ignored() = default;
    sigchld_ignored(sigchld_ignored const&) = delete;
    sigchld_ignored& operator=(sigchld_ignored const&) = delete;
    ~sigchld_ignored() { ::signal(SIGCHLD, before); }
};

TEST(host, that_ignores_sigchld_sees_the_end_without_a_status) {
    sigchld_ignored const here;
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

TEST(child, keeps_as_much_of_its_errors_as_it_is_told_to) {
    auto const end = run_program("sh", {"-c", "seq 1 5000 >&2"}, {.err_tail_bytes = SIZE_MAX}).end;
    EXPECT_EQ(end.err_tail.size(), 23893U);
}

TEST(child, tells_the_tail_of_its_errors_to_everyone_who_waits) {
    auto c = spawn("sh", {"-c", "echo why >&2; exit 3"});
    EXPECT_EQ(run(c.collect()).err, "why\n");
    auto const again = run(c.wait());
    EXPECT_EQ(again.err, "");
    EXPECT_EQ(again.err_tail, "why\n");
}

} // namespace
} // namespace parlance
