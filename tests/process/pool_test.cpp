// A pool lends out: who gets a process, and what becomes of it in his hand.
#include "pool_support.hpp"

namespace parlance {
namespace {

using namespace test;

TEST(pool, lends_out_processes_that_keep_running) {
    struct conversation {
        static asio::awaitable<void> with() {
            pool echoes("node", {std::string(PARLANCE_PEERS) + "/pool_echo.js"}, {.size = 2});
            co_await echoes.start();
            EXPECT_EQ(echoes.statistics().ready, 2U);
            std::set<pid_t> pids;
            for (int n = 0; n < 10; ++n) {
                auto one = co_await echoes.acquire();
                auto other = co_await echoes.acquire();
                pids.insert({one.pid(), other.pid()});
                EXPECT_EQ(echoes.statistics().busy, 2U);
                EXPECT_FALSE(echoes.try_acquire());
                auto const heard = co_await answer_of(one, std::to_string(n));
                EXPECT_EQ(heard, R"({"heard":)" + std::to_string(n) + "}");
            }
            EXPECT_EQ(pids.size(), 2U);
            EXPECT_EQ(echoes.statistics().starts, 2U);
            co_await echoes.drain();
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool, serves_in_the_order_in_which_they_came) {
    struct conversation {
        static asio::awaitable<void> one(pool& from, std::string& order, char name) {
            auto worker = co_await from.acquire();
            order += name;
            co_await answer_of(worker, "1");
        }
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 1});
            std::string order;
            auto held = std::optional(co_await echoes.acquire());
            background all(co_await asio::this_coro::executor);
            for (char const name : {'a', 'b', 'c'}) all.start(one(echoes, order, name));
            EXPECT_EQ(echoes.statistics().waiting, 3U);
            held.reset();
            co_await all.ended();
            EXPECT_EQ(order, "abc");
        }
    };
    run(conversation::with());
}

TEST(pool, leaves_nothing_lent_to_who_no_longer_waits) {
    struct conversation {
        static asio::awaitable<void> wait_for_one(pool& from) { auto const got = co_await from.acquire(); }
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 1});
            auto held = std::optional(co_await echoes.acquire());
            auto const late = co_await as_result(echoes.acquire(20ms));
            EXPECT_EQ(late.error().code(), errc::timed_out);
            asio::cancellation_signal cancel;
            background all(co_await asio::this_coro::executor);
            all.start(wait_for_one(echoes), cancel.slot());
            EXPECT_EQ(echoes.statistics().waiting, 1U);
            held.reset(); // now it is his, and he has not been told yet
            EXPECT_EQ(echoes.statistics().busy, 1U);
            cancel.emit(asio::cancellation_type::terminal);
            co_await all.ended();
            EXPECT_EQ(all.faults(), 1U);
            EXPECT_EQ(echoes.statistics().busy, 0U);
            EXPECT_EQ(echoes.statistics().waiting, 0U);
            EXPECT_TRUE(echoes.try_acquire());
        }
    };
    run(conversation::with());
}

TEST(pool, replaces_one_that_dies_in_the_hand_and_says_how_it_ended) {
    struct conversation {
        static asio::awaitable<void> with() {
            std::vector<std::string> notes;
            pool shells = shell_pool(R"(while read -r line; do [ "$line" = 1 ] && echo 2 || break; done
                                        echo "no such order: $line" >&2; exit 7)",
                                     {.size = 1}, {.note = [&](auto said) { notes.emplace_back(said); }});
            auto worker = co_await shells.acquire();
            auto const pid = worker.pid();
            EXPECT_EQ(co_await answer_of(worker, "1"), "2");
            EXPECT_EQ(co_await answer_of(worker, "3"), "none");
            auto const end = co_await worker.end();
            EXPECT_EQ(end.code, 7);
            EXPECT_EQ(end.err_tail, "no such order: 3\n");
            worker = co_await shells.acquire();
            EXPECT_NE(worker.pid(), pid);
            EXPECT_EQ(co_await answer_of(worker, "1"), "2");
            EXPECT_EQ(shells.statistics().deaths, 1U);
            EXPECT_EQ(shells.statistics().replaced, 0U);
            EXPECT_THAT(notes, testing::ElementsAre(testing::HasSubstr("worker 1 ended: ")));
        }
    };
    run(conversation::with());
}

TEST(pool, replaces_what_is_spoilt_used_up_or_was_dropped_by_an_exception) {
    struct conversation {
        static asio::awaitable<void> fail(pool& from) {
            auto const worker = co_await from.acquire();
            throw failure(errc::timed_out);
        }
        static asio::awaitable<pid_t> use(pool& from) {
            auto worker = co_await from.acquire();
            co_await answer_of(worker, "1");
            co_return worker.pid();
        }
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 1, .most_uses = 2});
            auto const first = co_await use(echoes);
            EXPECT_EQ(co_await use(echoes), first);
            auto const second = co_await use(echoes);
            EXPECT_NE(second, first) << "used up";
            auto const failed = co_await as_result(fail(echoes));
            EXPECT_FALSE(failed);
            auto third = std::optional(co_await echoes.acquire());
            auto const third_pid = third->pid();
            EXPECT_NE(third_pid, second) << "dropped by an exception";
            third->spoil();
            third.reset();
            EXPECT_NE(co_await use(echoes), third_pid) << "spoilt";
            EXPECT_EQ(echoes.statistics().replaced, 3U);
            EXPECT_EQ(echoes.statistics().deaths, 0U);
        }
    };
    run(conversation::with());
}

TEST(pool, keeps_a_few_warm_and_starts_more_when_they_are_wanted) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 3, .warm = 1, .idle_for = 30ms});
            co_await echoes.start();
            EXPECT_EQ(echoes.statistics().starts, 1U);
            {
                auto const a = co_await echoes.acquire();
                auto const b = co_await echoes.acquire();
                auto const c = co_await echoes.acquire();
                EXPECT_EQ(echoes.statistics().starts, 3U);
                auto const d = co_await as_result(echoes.acquire(10ms));
                EXPECT_FALSE(d);
            }
            co_await until([&] { return echoes.statistics().replaced == 2; });
            EXPECT_EQ(echoes.statistics().ready, 1U);
            auto const again = co_await echoes.acquire();
        }
    };
    run(conversation::with());
}

TEST(pool, dropped_ends_all_that_it_started) {
    struct conversation {
        static asio::awaitable<process_identity> with() {
            auto shells = shell_pool("setsid sh -c 'echo $$; exec sleep 1000' & wait", {.size = 2});
            auto worker = co_await shells.acquire();
            auto const escaped = co_await worker.talk().receive();
            co_return identity_in(std::string(escaped->text()));
        }
    };
    run(a_turn()); // what the event loop needs is open
    auto const descriptors = open_descriptors();
    auto const escaped = run(conversation::with());
    EXPECT_TRUE(has_no_children());
    EXPECT_TRUE(is_gone_soon(escaped));
    run(a_turn());
    EXPECT_EQ(open_descriptors(), descriptors);
}

TEST(pool, may_be_dropped_while_others_wait_for_it_or_hold_its_processes) {
    struct conversation {
        static asio::awaitable<void> wait_for_one(pool& from) { auto const got = co_await from.acquire(); }
        static asio::awaitable<void> wait_for_all(pool& from) { co_await from.run(); }
        static asio::awaitable<void> with() {
            auto echoes = std::make_optional(echo_pool({.size = 1}));
            auto worker = co_await echoes->acquire();
            background all(co_await asio::this_coro::executor);
            all.start(wait_for_one(*echoes));
            all.start(wait_for_all(*echoes));
            echoes.reset();
            co_await all.ended();
            EXPECT_EQ(all.faults(), 1U) << "acquire";
            EXPECT_EQ((co_await worker.end()).signal, signal::kill);
            EXPECT_FALSE(co_await worker.talk().receive());
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool, refuses_what_cannot_be) {
    stdio const more[] = {stdio::pipe()};
    struct {
        char const* what;
        pool_options options;
    } const cases[] = {
        {"its own standard input", {.process = {.in = stdio::ignore()}}},
        {"more descriptors", {.process = {.more = more}}},
        {"talk over what is no pipe", {.process = {.out = stdio::inherit()}}},
        {"a token of one's own", {.process = {.token = "mine"}}},
        {"detached processes", {.process = {.detached = true}}},
        {"checks with nothing to check with", {.check_every = 1s}},
    };
    for (auto const& one : cases) EXPECT_THROW(pool("true", {}, one.options), failure) << one.what;
}

} // namespace
} // namespace parlance
