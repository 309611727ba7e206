// A cancelled wait ends the child, by the kind of cancellation.
#include "process/plan.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>

namespace parlance {
namespace {

using namespace test;
using enum asio::cancellation_type;

constexpr struct {
    char const* what;
    asio::cancellation_type asked;
    signal first;
    std::chrono::milliseconds grace;
} cancellations[] = {
    {"total", total, signal::interrupt, 7s},
    {"partial", partial, signal::term, 7s},
    {"terminal", terminal, signal::kill, 0s},
    {"the operators of Asio ask for all kinds", asio::cancellation_type::all, signal::kill, 0s},
};

TEST(cancellation, asks_for_an_end_as_the_table_says) {
    for (auto const& each : cancellations) {
        auto const plan = plan_for(each.asked, {.first = signal::usr1, .grace = 7s});
        EXPECT_EQ(plan.first, each.first) << each.what;
        EXPECT_EQ(plan.grace, each.grace) << each.what;
    }
}

/// Its end, when the wait for it is cancelled so, and then so, once it has said that it is ready.
process_end cancelled(char const* script, std::vector<asio::cancellation_type> kinds,
                      spawn_options const& options = {}) {
    struct conversation {
        static asio::awaitable<process_end> hears_all(child& c) {
            co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
            co_return co_await c.wait();
        }
        static asio::awaitable<process_end> with(child c, std::vector<asio::cancellation_type> kinds) {
            auto const loop = co_await asio::this_coro::executor;
            co_await line_of(c);
            asio::cancellation_signal signal;
            std::optional<process_end> end;
            asio::steady_timer ended(loop, generous);
            asio::co_spawn(loop, hears_all(c),
                           asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, process_end got) {
                               end = std::move(got);
                               ended.cancel();
                           }));
            for (auto const kind : kinds) {
                co_await asio::post(loop, asio::use_awaitable);
                signal.emit(kind);
            }
            boost::system::error_code over;
            if (!end) co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, over));
            co_return end.value();
        }
    };
    return run(conversation::with(spawn("sh", {"-c", script}, options), std::move(kinds)));
}

constexpr auto tells_the_signal = "trap 'exit 2' INT; trap 'exit 15' TERM; echo ready; while :; do sleep 0.01; done";

TEST(cancellation, of_the_mild_kinds_lets_the_child_answer) {
    auto const total_end = cancelled(tells_the_signal, {total});
    EXPECT_EQ(total_end.reason, end_reason::cancelled);
    EXPECT_EQ(total_end.code, 2);
    auto const partial_end = cancelled(tells_the_signal, {partial});
    EXPECT_EQ(partial_end.reason, end_reason::cancelled);
    EXPECT_EQ(partial_end.code, 15);
    EXPECT_THAT(partial_end.sentence(), testing::HasSubstr("was cancelled and exited with 15 after "));
}

TEST(cancellation, of_the_terminal_kind_kills_the_tree_at_once) {
    auto const end = cancelled("trap '' TERM INT; echo ready; while :; do sleep 1000; done", {terminal});
    EXPECT_EQ(end.reason, end_reason::cancelled);
    EXPECT_EQ(end.signal, signal::kill);
    EXPECT_TRUE(has_no_children());
}

TEST(cancellation, is_followed_by_sigkill_when_the_grace_is_over) {
    auto const end =
        cancelled("trap '' TERM INT; echo ready; while :; do sleep 1000; done", {total}, {.stop = {.grace = 50ms}});
    EXPECT_EQ(end.signal, signal::kill);
    EXPECT_EQ(end.reason, end_reason::cancelled);
}

TEST(cancellation, may_become_stronger) {
    auto const end = cancelled("trap '' INT; echo ready; while :; do sleep 1000; done", {total, terminal},
                               {.stop = {.grace = generous * 10}});
    EXPECT_EQ(end.signal, signal::kill);
}

TEST(cancellation, by_a_sibling_that_fails_ends_the_child_before_the_error_goes_on) {
    using namespace asio::experimental::awaitable_operators;
    struct conversation {
        static asio::awaitable<void> with(child c) {
            co_await line_of(c);
            try {
                co_await (c.wait() && failing());
                ADD_FAILURE() << "no error";
            } catch (failure const& fault) {
                EXPECT_EQ(fault.code(), errc::not_supported);
            }
            EXPECT_TRUE(has_no_children());
            EXPECT_EQ((co_await c.wait()).reason, end_reason::cancelled);
        }
        static asio::awaitable<void> failing() {
            throw failure(errc::not_supported);
            co_return;
        }
    };
    run(conversation::with(spawn("sh", {"-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"})));
}

TEST(cancellation, of_exec_gives_what_was_said_until_then) {
    using namespace asio::experimental::awaitable_operators;
    struct conversation {
        static asio::awaitable<process_end> with(scratch_folder const& folder) {
            auto const path = folder.path();
            auto running = exec("echo begun; mkfifo go; echo > go; exec sleep 1000", {.cwd = path});
            co_return co_await keep(std::move(running), path);
        }
        static asio::awaitable<process_end> keep(asio::awaitable<process_end> running, std::string path) {
            process_end end;
            co_await (into(std::move(running), end) || begun(path + "/go"));
            co_return end;
        }
        static asio::awaitable<void> into(asio::awaitable<process_end> running, process_end& end) {
            end = co_await std::move(running);
        }
        static asio::awaitable<void> begun(std::string fifo) {
            asio::steady_timer again(co_await asio::this_coro::executor);
            while (!std::filesystem::exists(fifo)) {
                again.expires_after(1ms);
                co_await again.async_wait(asio::use_awaitable);
            }
            stream go(unique_fd(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)), unique_fd());
            while ((co_await go.read_all()).empty()) {} // it ends when the one who said it has closed it
        }
    };
    scratch_folder const folder;
    auto const end = run(conversation::with(folder));
    EXPECT_EQ(end.reason, end_reason::cancelled);
    EXPECT_EQ(end.out, "begun\n");
}

TEST(cancellation, that_comes_with_other_news_is_heard) {
    struct conversation {
        static asio::awaitable<process_end> with(child c) {
            auto const loop = co_await asio::this_coro::executor;
            co_await line_of(c);
            asio::cancellation_signal signal;
            std::optional<process_end> end;
            asio::steady_timer ended(loop, generous);
            asio::co_spawn(loop, c.wait(),
                           asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr, process_end got) {
                               end = std::move(got);
                               ended.cancel();
                           }));
            co_await asio::post(loop, asio::use_awaitable);
            c.out().close(); // the wait is woken, and not resumed yet
            signal.emit(terminal);
            boost::system::error_code over;
            co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, over));
            co_return end.value();
        }
    };
    auto const end = run(conversation::with(spawn("sh", {"-c", "echo ready; exec sleep 1000"})));
    EXPECT_EQ(end.reason, end_reason::cancelled);
}

} // namespace
} // namespace parlance
