// Who waits is woken: by this process, by others, by the clock; and leaves nothing behind.
#include "queue/holder.hpp"
#include "queue/scratch.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace parlance {
namespace {

using namespace testing;
using namespace asio::experimental::awaitable_operators;
using steady = std::chrono::steady_clock;

constexpr auto long_enough = 20s; // reached only by a failure

class waiting : public ::testing::TestWithParam<durability> {
protected:
    queue open(std::string_view name = "jobs") {
        auto const s = store::open(folder.path() + "?durability=" + std::string(name_of(GetParam())));
        auto q = s.queue(name);
        run(q.ensure());
        return q;
    }
    scratch_folder folder;
};
INSTANTIATE_TEST_SUITE_P(every, waiting, ::testing::Values(durability::durable, durability::relaxed, durability::fast),
                         [](auto const& mode) { return std::string(name_of(mode.param)); });

asio::awaitable<void> pause_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

/// Receives one after the other until there is nothing for `wait`.
asio::awaitable<std::vector<std::string>> drain(queue q, std::chrono::milliseconds wait) {
    std::vector<std::string> got;
    while (auto d = co_await q.receive({.wait = wait})) {
        got.push_back(d->text());
        co_await d->ack();
    }
    co_return got;
}

TEST_P(waiting, receiver_is_woken_by_a_send_in_its_process) {
    auto const q = open();
    auto const got = run([](queue jobs) -> asio::awaitable<std::optional<delivery>> {
        auto both = jobs.receive({.wait = long_enough}) && [](queue to) -> asio::awaitable<void> {
            co_await pause_for(20ms);
            co_await to.send("x");
        }(jobs);
        co_return co_await std::move(both);
    }(q));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->text(), "x");
}

TEST_P(waiting, receiver_is_woken_by_a_send_of_another_process) {
    signpost ready;
    child_process const sender([&] {
        ready.await();
        run(open().send("from afar"));
        return 0;
    });
    auto const q = open();
    ready.reached();
    auto const begin = steady::now();
    auto const got = run(q.receive({.wait = long_enough}));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->text(), "from afar");
    EXPECT_LT(steady::now() - begin, 4s) << "heard, not found by looking again";
}

TEST_P(waiting, receiver_is_woken_when_a_delayed_message_comes_due) {
    auto const q = open();
    auto const begin = steady::now(); // before the send: the delay counts from it, not from the end of its sync
    run(q.send("later", {.delay = 100ms}));
    EXPECT_TRUE(run(q.receive({.wait = long_enough})));
    EXPECT_GE(steady::now() - begin, 95ms);
    EXPECT_LT(steady::now() - begin, 4s);
}

TEST_P(waiting, receiver_is_woken_by_a_delayed_message_that_is_sent_while_it_waits) {
    signpost ready;
    child_process const sender([&] {
        ready.await();
        run(open().send("later", {.delay = 50ms}));
        return 0;
    });
    auto const q = open();
    ready.reached();
    auto const begin = steady::now();
    EXPECT_TRUE(run(q.receive({.wait = long_enough})));
    EXPECT_LT(steady::now() - begin, 4s);
}

TEST_P(waiting, receiver_is_woken_when_the_lease_of_a_dead_process_ends) {
    auto const url = folder.path();
    child_process dying([&] {
        auto const q = open();
        run(q.send("x"));
        run(q.receive({.vt = 300ms}));
        ::raise(SIGKILL);
        return 1;
    });
    EXPECT_EQ(dying.wait(), -SIGKILL);
    auto const q = open();
    auto const got = run(q.receive({.wait = long_enough}));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->rc(), 2U);
}

TEST_P(waiting, receiver_ends_when_its_wait_is_over) {
    auto const q = open();
    auto const begin = steady::now();
    EXPECT_FALSE(run(q.receive({.wait = 60ms})));
    EXPECT_GE(steady::now() - begin, 60ms);
}

TEST_P(waiting, receivers_of_a_paused_queue_go_on_when_it_is_resumed) {
    auto const q = open();
    run(q.pause());
    run(q.send("x"));
    auto const got = run([](queue jobs) -> asio::awaitable<std::optional<delivery>> {
        auto both = jobs.receive({.wait = long_enough}) && [](queue to) -> asio::awaitable<void> {
            co_await pause_for(20ms);
            co_await to.pause(false);
        }(jobs);
        co_return co_await std::move(both);
    }(q));
    EXPECT_TRUE(got);
}

TEST_P(waiting, receivers_each_get_one_of_many_messages) {
    auto const q = open();
    auto const got = run([](queue jobs) -> asio::awaitable<std::size_t> {
        std::size_t count = 0, ended = 0;
        asio::steady_timer all(co_await asio::this_coro::executor, long_enough);
        auto one = [](queue from, std::size_t& n, std::size_t& done,
                      asio::steady_timer& last) -> asio::awaitable<void> {
            n += (co_await from.receive({.wait = long_enough})).has_value() ? 1 : 0;
            if (++done == 50) last.cancel();
        };
        for (int i = 0; i < 50; ++i)
            asio::co_spawn(co_await asio::this_coro::executor, one(jobs, count, ended, all), asio::detached);
        co_await pause_for(20ms);
        for (int i = 0; i < 50; ++i) co_await jobs.send("x");
        boost::system::error_code ignored;
        if (ended < 50) co_await all.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        co_return count;
    }(q));
    EXPECT_EQ(got, 50U);
}

TEST_P(waiting, receiver_that_is_cancelled_leaves_nothing_leased) {
    auto const q = open();
    run([](queue jobs) -> asio::awaitable<void> {
        for (int i = 0; i < 30; ++i) {
            asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::microseconds(100 * i));
            auto either = jobs.receive({.wait = long_enough}) || timer.async_wait(asio::use_awaitable);
            co_await std::move(either);
        }
    }(q));
    run(q.send("x"));
    auto const got = run(q.receive({.wait = long_enough}));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->attempt(), 1U);
}

TEST_P(waiting, receiver_whose_loop_ends_under_it_leaves_nothing_leased) {
    auto const q = open();
    for (int i = 0; i < 20; ++i) {
        run(q.send("x"));
        std::optional<delivery> heard_of;
        {
            asio::io_context loop;
            asio::co_spawn(
                loop,
                [](queue jobs, std::optional<delivery>& taken) -> asio::awaitable<void> {
                    taken = co_await jobs.receive({.wait = long_enough});
                    co_await pause_for(1h);
                }(q, heard_of),
                asio::detached);
            if (GetParam() != durability::fast) loop.run_one(); // started; its commit is seldom heard of already
        }
        if (heard_of) run(heard_of->nack({.delay = 0s, .charge = false})); // then it was received, and is ours
        auto const got = run(q.receive({.wait = long_enough}));
        ASSERT_TRUE(got) << i;
        EXPECT_EQ(got->attempt(), 1U) << i;
        EXPECT_TRUE(run(got->ack()));
    }
    EXPECT_EQ(run(q.info()).msgs, 0U);
}

TEST_P(waiting, receiver_that_is_cancelled_when_just_woken_hands_the_news_on) {
    auto const q = open();
    asio::io_context loop;
    auto const receive = [](queue jobs, std::optional<delivery>& taken) -> asio::awaitable<void> {
        taken = co_await jobs.receive({.wait = long_enough});
    };
    std::optional<delivery> of_first, of_second;
    asio::cancellation_signal stop_first;
    asio::co_spawn(loop, receive(q, of_first), asio::bind_cancellation_slot(stop_first.slot(), asio::detached));
    auto const settle = [&] { // both are on the list of those who wait
        for (auto const until = steady::now() + 50ms; steady::now() < until;) loop.run_for(5ms);
    };
    settle();
    asio::co_spawn(loop, receive(q, of_second), asio::detached);
    settle();
    std::thread([&] { run(q.send("x")); }).join(); // wakes the first, which does not run before it is cancelled
    stop_first.emit(asio::cancellation_type::terminal);
    auto const begin = steady::now();
    loop.run();
    EXPECT_FALSE(of_first);
    ASSERT_TRUE(of_second);
    EXPECT_LT(steady::now() - begin, 4s) << "told, not found by looking again";
}

TEST_P(waiting, receiver_hears_of_a_queue_that_was_removed_and_made_again) {
    auto const q = open();
    auto const begin = steady::now();
    auto const got = run([](queue jobs) -> asio::awaitable<std::optional<delivery>> {
        auto both = jobs.receive({.wait = long_enough}) && [](queue same) -> asio::awaitable<void> {
            co_await pause_for(20ms);
            std::thread([&] { run(same.remove()), run(same.create()); }).join(); // before the receiver looks again
            co_await pause_for(50ms);
            co_await same.send("x");
        }(jobs);
        co_return co_await std::move(both);
    }(q));
    EXPECT_TRUE(got);
    EXPECT_LT(steady::now() - begin, 4s) << "heard, not found by looking again";
}

TEST_P(waiting, for_emptiness_hears_of_a_queue_that_was_removed_and_made_again) {
    auto const q = open();
    run(q.send("x"));
    auto const begin = steady::now();
    run([](queue jobs) -> asio::awaitable<void> {
        auto both = jobs.wait_until_empty(long_enough) && [](queue same) -> asio::awaitable<void> {
            co_await pause_for(20ms);
            std::thread([&] { run(same.remove()), run(same.create()), run(same.send("y")); }).join();
            co_await pause_for(50ms);
            co_await same.purge();
        }(jobs);
        co_await std::move(both);
    }(q));
    EXPECT_LT(steady::now() - begin, 4s) << "heard, not found by looking again";
}

TEST_P(waiting, for_emptiness_ends_with_the_last_ack_of_another_process) {
    signpost ready;
    child_process const worker([&] {
        ready.await();
        run(drain(open(), 0ms));
        return 0;
    });
    auto const q = open();
    run(q.send_all({"1", "2", "3"}));
    ready.reached();
    run(q.wait_until_empty(long_enough));
    EXPECT_EQ(run(q.info()).msgs, 0U);
}

TEST_P(waiting, for_emptiness_counts_delayed_messages_unless_told) {
    auto const q = open();
    run(q.wait_until_empty(long_enough));
    run(q.send("later", {.delay = 1h}));
    EXPECT_EQ(code_of([&] { run(q.wait_until_empty(30ms)); }), errc::timed_out);
    run(q.wait_until_empty(long_enough, true));
    EXPECT_FALSE(run(has_due(q)));
    run(q.send("now"));
    EXPECT_TRUE(run(has_due(q)));
    EXPECT_EQ(code_of([&] { run(q.wait_until_empty(30ms, true)); }), errc::timed_out);
}

TEST_P(waiting, receiver_of_a_queue_that_is_removed_is_told) {
    auto const q = open();
    EXPECT_EQ(code_of([&] {
                  run([](queue jobs) -> asio::awaitable<void> {
                      auto both = jobs.receive({.wait = long_enough}) && [](queue gone) -> asio::awaitable<void> {
                          co_await pause_for(20ms);
                          co_await gone.remove();
                      }(jobs);
                      co_await std::move(both);
                  }(q));
              }),
              errc::queue_not_found);
}

TEST_P(waiting, two_processes_send_and_two_receive_each_message_once) {
    constexpr int each = 150;
    auto const send = [&](char who) {
        return [this, who] {
            auto const q = open();
            for (int i = 0; i < each; ++i) run(q.send(who + std::to_string(i)));
            return 0;
        };
    };
    auto const receive = [&](std::string const& into) {
        return [this, into] {
            auto* const file = std::fopen(into.c_str(), "w");
            for (auto const& text : run(drain(open(), 1500ms))) std::fprintf(file, "%s\n", text.c_str());
            std::fclose(file);
            return 0;
        };
    };
    run(open().ensure());
    std::vector<child_process> all;
    all.emplace_back(receive(folder.path("1")));
    all.emplace_back(receive(folder.path("2")));
    all.emplace_back(send('a'));
    all.emplace_back(send('b'));
    for (auto& one : all) EXPECT_EQ(one.wait(), 0);
    std::map<std::string, int> seen;
    for (auto const* name : {"1", "2"}) {
        std::map<char, int> last{{'a', -1}, {'b', -1}};
        auto* const file = std::fopen(folder.path(name).c_str(), "r");
        char who;
        for (int number; std::fscanf(file, " %c%d", &who, &number) == 2; last[who] = number) {
            ++seen[who + std::to_string(number)];
            EXPECT_GT(number, last[who]) << "in order for one producer and one consumer";
        }
        std::fclose(file);
    }
    EXPECT_EQ(seen.size(), 2U * each);
    for (auto const& [text, times] : seen) EXPECT_EQ(times, 1) << text;
}

TEST(group_commit, lets_a_bad_operation_spoil_no_other) {
    scratch_folder folder;
    auto const q = store::open(folder.path()).queue("jobs");
    run(q.create({.maxsize = 1024}));
    auto const refused = run([](queue jobs) -> asio::awaitable<int> {
        int bad = 0, ended = 0;
        asio::steady_timer all(co_await asio::this_coro::executor, long_enough);
        auto one = [](queue to, int i, int& failed, int& done, asio::steady_timer& last) -> asio::awaitable<void> {
            auto sending = to.send(std::string(i % 5 == 0 ? 2000 : 10, 'x'));
            auto const result = co_await as_result(std::move(sending));
            failed += result ? 0 : 1;
            if (++done == 100) last.cancel();
        };
        for (int i = 0; i < 100; ++i)
            asio::co_spawn(co_await asio::this_coro::executor, one(jobs, i, bad, ended, all), asio::detached);
        boost::system::error_code ignored;
        co_await all.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        co_return bad;
    }(q));
    EXPECT_EQ(refused, 20);
    EXPECT_EQ(run(q.info()).msgs, 80U);
}

} // namespace
} // namespace parlance
