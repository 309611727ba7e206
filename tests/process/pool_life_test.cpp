// A pool keeps processes running: starts that fail, deaths, health, rolling restarts, and the end.
#include "pool_support.hpp"

namespace parlance {
namespace {

using namespace test;

constexpr restart_pause no_pause{1ms, 1ms};

TEST(pool_start, is_given_up_after_so_many_failures_in_a_row_with_the_last_reason) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto broken =
                shell_pool("echo not configured >&2; exit 3", {.size = 2, .give_up_after = 4, .pauses = no_pause});
            auto const given_up = co_await as_result(broken.run());
            EXPECT_EQ(given_up.error().code(), errc::start_failed);
            EXPECT_THAT(given_up.error().what(), testing::HasSubstr("4 starts failed in a row"));
            EXPECT_THAT(given_up.error().what(), testing::HasSubstr("not configured"));
            EXPECT_EQ(broken.statistics().failed_starts, 4U);
            auto const no_more = co_await as_result(broken.acquire());
            EXPECT_EQ(no_more.error().code(), errc::start_failed);
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool_start, of_a_program_that_is_not_there_fails_for_all_who_wait) {
    struct conversation {
        static asio::awaitable<void> wait_for_one(pool& from) {
            auto const got = co_await as_result(from.acquire());
            EXPECT_EQ(got.error().code(), errc::start_failed);
        }
        static asio::awaitable<void> with() {
            pool missing("/no/such/program", {}, {.size = 1, .give_up_after = 3, .pauses = no_pause});
            background all(co_await asio::this_coro::executor);
            all.start(wait_for_one(missing));
            all.start(wait_for_one(missing));
            auto const given_up = co_await as_result(missing.start());
            EXPECT_THAT(given_up.error().what(), testing::HasSubstr("/no/such/program"));
            co_await all.ended();
        }
    };
    run(conversation::with());
}

TEST(pool_start, is_known_to_be_good_by_the_first_message_and_a_death_after_it_is_none) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto short_lived = shell_pool("echo 1; read -r line", {.size = 1, .give_up_after = 2, .pauses = no_pause});
            for (int n = 0; n < 4; ++n) {
                auto worker = co_await short_lived.acquire();
                EXPECT_EQ(co_await answer_of(worker, "2"), "1");
                EXPECT_EQ((co_await worker.end()).code, 0);
            }
            EXPECT_EQ(short_lived.statistics().failed_starts, 0U);
            co_await until([&] { return short_lived.statistics().deaths == 4; });
        }
    };
    run(conversation::with());
}

/// A handshake.
asio::awaitable<bool> says_hello(pool_worker& fresh) {
    auto const answer = co_await answer_of(fresh, R"({"hello":1})");
    co_return answer == R"({"hello":1})";
}

TEST(pool_start, waits_for_the_handshake_before_anything_is_lent_out) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 2}, {.ready = &says_hello});
            co_await echoes.start();
            EXPECT_EQ(echoes.statistics().ready, 2U);
            auto worker = co_await echoes.acquire();
            EXPECT_EQ(worker.talk().statistics().messages_in, 1U);
        }
    };
    run(conversation::with());
}

TEST(pool_start, fails_where_the_handshake_says_no_throws_dies_or_does_not_come) {
    struct {
        char const* what;
        std::string script;
        pool_hooks hooks;
        char const* reason;
    } const cases[] = {
        {"says no", "cat", {.ready = [](pool_worker&) -> asio::awaitable<bool> { co_return false; }}, "it said no"},
        {"throws",
         "cat",
         {.ready = [](pool_worker&) -> asio::awaitable<bool> {
             throw failure(errc::bad_frame, {.reason = "wrong version"});
             co_return true;
         }},
         "wrong version"},
        {"dies",
         "echo no license >&2; exit 4",
         {.ready = [](pool_worker& fresh) -> asio::awaitable<bool> {
             co_return (co_await fresh.talk().receive()).has_value();
         }},
         "no license"},
        {"does not come",
         "cat",
         {.ready = [](pool_worker& fresh) -> asio::awaitable<bool> {
             co_return (co_await fresh.talk().receive()).has_value();
         }},
         "no answer in 50ms"},
    };
    struct conversation {
        static asio::awaitable<std::string> with(std::string script, pool_hooks const& hooks) {
            auto never_ready =
                shell_pool(script, {.size = 1, .start_within = 50ms, .give_up_after = 2, .pauses = no_pause}, hooks);
            auto const given_up = co_await as_result(never_ready.run());
            co_return given_up ? "it ran" : given_up.error().what();
        }
    };
    for (auto const& one : cases) {
        EXPECT_THAT(run(conversation::with(one.script, one.hooks)), testing::HasSubstr(one.reason)) << one.what;
    }
    EXPECT_TRUE(has_no_children());
}

TEST(pool_health, replaces_one_that_no_longer_answers) {
    struct conversation {
        static asio::awaitable<bool> is_well(pool_worker& asked) {
            auto const answer = co_await answer_of(asked, "1");
            co_return answer == "1";
        }
        static asio::awaitable<void> with() {
            std::vector<std::string> notes;
            scratch_folder const folder; // the first one stops answering, its successor goes on
            auto sick = shell_pool(
                R"(if mkdir sick 2>/dev/null; then read -r line; echo "$line"; exec sleep 1000; fi; exec cat)",
                {.size = 1, .process = {.cwd = folder.path()}, .check_every = 5ms, .check_within = 200ms},
                {.healthy = &is_well, .note = [&](auto said) { notes.emplace_back(said); }});
            co_await sick.start();
            auto const first = sick.try_acquire()->pid();
            co_await until([&] { return sick.statistics().replaced == 1 && sick.statistics().ready == 1; });
            auto worker = co_await sick.acquire();
            EXPECT_NE(worker.pid(), first);
            EXPECT_EQ(co_await answer_of(worker, "1"), "1");
            EXPECT_THAT(notes, testing::ElementsAre("worker 1 is not well: no answer in 200ms"));
        }
    };
    run(conversation::with());
}

/// Asks again and again, and sees how few are ready.
struct customer {
    pool& of;
    bool done = false;
    unsigned fewest_ready = 1000;
    int answers = 0;
    std::set<pid_t> served_by{};

    static asio::awaitable<void> ask(customer& me) {
        while (!me.done) {
            auto worker = co_await me.of.acquire();
            me.fewest_ready = std::min(me.fewest_ready, me.of.statistics().ready);
            me.served_by.insert(worker.pid());
            EXPECT_EQ(co_await answer_of(worker, "1"), "1");
            ++me.answers;
        }
    }
};

TEST(pool_restart, replaces_all_and_never_has_fewer_ready) {
    struct conversation {
        static asio::awaitable<void> with(bool overlap, unsigned fewest) {
            auto echoes = echo_pool({.size = 3, .steady_after = 20ms, .overlap = overlap});
            co_await echoes.start();
            customer busy{echoes};
            background all(co_await asio::this_coro::executor);
            all.start(customer::ask(busy));
            all.start(customer::ask(busy));
            co_await until([&] { return busy.answers > 10; });
            auto const before = std::exchange(busy.served_by, {});
            co_await echoes.restart();
            auto const so_far = busy.answers;
            auto const during = std::exchange(busy.served_by, {});
            co_await until([&] { return busy.answers > so_far + 10; });
            busy.done = true;
            co_await all.ended();
            EXPECT_EQ(all.faults(), 0U);
            EXPECT_EQ(busy.fewest_ready, fewest);
            EXPECT_EQ(echoes.statistics().replaced, 3U);
            EXPECT_EQ(echoes.statistics().ready, 3U);
            for (auto const pid : before) EXPECT_FALSE(busy.served_by.contains(pid));
        }
    };
    run(conversation::with(true, 3));
    run(conversation::with(false, 2));
    EXPECT_TRUE(has_no_children());
}

TEST(pool_restart, goes_on_where_nobody_wants_a_second_process_any_more) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 2, .warm = 1, .steady_after = 20ms, .overlap = false});
            { // both are needed at once, and then none
                auto const one = co_await echoes.acquire();
                auto const other = co_await echoes.acquire();
            }
            background all(co_await asio::this_coro::executor);
            all.start(echoes.restart());
            co_await all.ended();
            EXPECT_EQ(all.faults(), 0U);
            EXPECT_EQ(echoes.statistics().replaced, 2U);
        }
    };
    run(conversation::with());
}

TEST(pool_restart, that_would_start_what_is_broken_leaves_the_old_ones_running) {
    struct conversation {
        static asio::awaitable<void> with() {
            scratch_folder const folder;
            auto echoes = shell_pool("test -e broken && { echo bad version >&2; exit 5; }; exec cat",
                                     {.size = 2, .process = {.cwd = folder.path()}}, {.ready = &says_hello});
            co_await echoes.start();
            auto const first = echoes.try_acquire()->pid();
            folder.file("broken", "");
            auto const failed = co_await as_result(echoes.restart());
            EXPECT_EQ(failed.error().code(), errc::start_failed);
            EXPECT_THAT(failed.error().what(), testing::HasSubstr("bad version"));
            EXPECT_EQ(echoes.statistics().ready, 2U);
            auto worker = co_await echoes.acquire();
            EXPECT_EQ(worker.pid(), first);
            EXPECT_EQ(co_await answer_of(worker, "1"), "1");
        }
    };
    run(conversation::with());
}

TEST(pool_drain, lets_what_is_in_hand_be_finished_and_lends_out_no_more) {
    struct conversation {
        static asio::awaitable<void> drain(pool& which) { co_await which.drain(); }
        static asio::awaitable<void> refused(pool& from) {
            auto const got = co_await as_result(from.acquire());
            EXPECT_EQ(got.error().code(), errc::channel_closed);
        }
        static asio::awaitable<void> with() {
            auto echoes = echo_pool({.size = 2, .grace = generous});
            auto worker = std::optional(co_await echoes.acquire());
            auto other = std::optional(co_await echoes.acquire());
            background all(co_await asio::this_coro::executor);
            all.start(refused(echoes)); // waits already
            all.start(drain(echoes));
            co_await refused(echoes);
            EXPECT_EQ(co_await answer_of(*worker, "1"), "1");
            worker.reset();
            EXPECT_EQ(echoes.statistics().busy, 1U);
            other.reset();
            co_await all.ended();
            EXPECT_EQ(echoes.statistics().ready, 0U);
            EXPECT_EQ(echoes.statistics().deaths, 0U);
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool_drain, ends_who_ignores_everything) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto deaf = shell_pool("trap '' TERM; echo 1; while :; do sleep 1000; done",
                                   {.size = 2, .process = {.stop = {.grace = 20ms}}, .grace = 20ms});
            auto idle = std::optional(co_await deaf.acquire());
            auto const held = co_await deaf.acquire();
            co_await idle->talk().receive();
            idle.reset();
            co_await deaf.drain();
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool_drain, throws_what_a_hook_threw) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto loud = shell_pool("echo hello >&2; exec cat", {.size = 1},
                                   {.output = [](auto, auto line) { throw std::runtime_error(std::string(line)); }});
            try {
                co_await loud.run();
                ADD_FAILURE() << "nothing was thrown";
            } catch (std::runtime_error const& thrown) {
                EXPECT_STREQ(thrown.what(), "hello");
            }
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool_of_servers, runs_them_until_it_is_drained_and_shows_what_they_print) {
    struct conversation {
        static asio::awaitable<void> run_to_the_end(pool& which) { co_await which.run(); }
        static asio::awaitable<void> with() {
            std::vector<std::string> printed;
            auto servers = shell_pool("trap 'echo bye; exit' TERM; echo $PARLANCE_PLACE; while :; do sleep 0.01; done",
                                      {.size = 2, .talks = false}, {.output = [&](auto who, auto line) {
                                          printed.push_back(std::string(who) + ": " + std::string(line));
                                      }});
            background all(co_await asio::this_coro::executor);
            all.start(run_to_the_end(servers));
            co_await until([&] { return printed.size() == 2; });
            EXPECT_THAT(printed, testing::UnorderedElementsAre("worker 1: 1", "worker 2: 2"));
            printed.clear();
            co_await servers.drain();
            EXPECT_THAT(printed, testing::IsSupersetOf(std::vector<std::string>{"worker 1: bye", "worker 2: bye"}));
            co_await all.ended();
            EXPECT_EQ(all.faults(), 0U);
        }
    };
    run(conversation::with());
    EXPECT_TRUE(has_no_children());
}

TEST(pool_of_servers, starts_one_that_was_killed_again) {
    struct conversation {
        static asio::awaitable<void> with() {
            auto servers = shell_pool("exec sleep 1000", {.size = 1, .talks = false, .steady_after = 1ms});
            co_await servers.start();
            auto const first = servers.try_acquire()->pid();
            co_await a_turn();
            ::kill(first, SIGKILL);
            co_await until([&] { return servers.statistics().starts == 2 && servers.statistics().ready == 1; });
            EXPECT_NE(servers.try_acquire()->pid(), first);
            EXPECT_EQ(servers.statistics().deaths, 1U);
            EXPECT_THROW(servers.try_acquire()->talk(), failure);
        }
    };
    run(conversation::with());
}

} // namespace
} // namespace parlance
