// What becomes of messages that fail: back-off, dead letters, redrive; on a clock that is turned by hand.
#include "queue/scratch.hpp"

namespace parlance {
namespace {

using namespace testing;

TEST(a_nack, backs_off_and_doubles) {
    hand_store s;
    auto const q = s.queue("jobs", {.backoff = backoff{1s, 5min}});
    run(q.send("x"));
    for (auto const longest : {1000ms, 2000ms, 4000ms}) {
        auto const got = take(q);
        ASSERT_TRUE(got);
        run(got->nack());
        s.clock.advance(longest * 3 / 4 - 1ms);
        EXPECT_FALSE(take(q));
        s.clock.advance(longest / 4 + 1ms);
    }
    EXPECT_TRUE(take(q));
}

TEST(a_crash, is_free_the_first_time_and_counted_apart) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    run(take(q)->nack({.crashed = true}));
    auto const second = take(q);
    ASSERT_TRUE(second) << "due at once";
    EXPECT_EQ(second->crashes(), 1U);
    EXPECT_EQ(second->attempt(), 2U);
    run(second->nack({.crashed = true}));
    EXPECT_FALSE(take(q));
    s.clock.advance(1s);
    EXPECT_EQ(take(q)->crashes(), 2U);
}

TEST(a_message, that_is_nacked_goes_behind_those_that_wait) {
    hand_store s;
    auto const q = s.queue();
    run(q.send_all({"poison", "fine"}));
    auto const got = take(q);
    s.clock.advance(10ms);
    run(got->nack({.delay = 0s}));
    EXPECT_EQ(take(q)->text(), "fine");
    EXPECT_EQ(take(q)->text(), "poison");
}

TEST(a_dead_letter, is_made_at_the_last_nack_and_keeps_what_is_known) {
    hand_store s;
    auto const q = s.queue("jobs", {.max_receives = 3});
    auto const id = run(q.send("x"));
    run(take(q)->nack({.delay = 0s, .reason = "exit 1"}));
    s.clock.advance(1s);
    run(take(q)->nack({.delay = 0s, .crashed = true, .reason = "worker died: SIGSEGV"}));
    s.clock.advance(1s);
    run(take(q)->nack({.reason = "exit 2", .err_tail = "no such file\n"}));
    EXPECT_EQ(run(q.info()).msgs, 0U);
    EXPECT_EQ(run(q.info()).dead, 1U);
    auto const dead = run(q.dead());
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].id, id);
    EXPECT_EQ(dead[0].text, "x");
    EXPECT_EQ(dead[0].reason, "exit 2");
    EXPECT_EQ(dead[0].err_tail, "no such file\n");
    EXPECT_EQ(dead[0].attempts, 3U);
    EXPECT_EQ(dead[0].crashes, 1U);
    EXPECT_EQ(dead[0].last_failure - dead[0].first_failure, 2s);
    EXPECT_EQ(run(s.store().queue("jobs--dead").peek(5)).at(0).id, id) << "an ordinary queue";
}

TEST(a_dead_letter, is_made_when_the_last_lease_runs_out) {
    hand_store s;
    auto const q = s.queue("jobs", {.max_receives = 1});
    run(q.send("x"));
    take(q, {.vt = 1s});
    s.clock.advance(1s);
    auto const dead = run(q.dead());
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(dead[0].reason, "lease ran out");
    EXPECT_EQ(dead[0].attempts, 1U);
}

TEST(a_dead_letter, is_made_at_once_when_asked) {
    hand_store s;
    auto const q = s.queue("jobs", {.dead_letter = "graves"});
    run(q.send("x"));
    run(take(q)->nack({.dead = true, .reason = "never again"}));
    EXPECT_EQ(run(q.dead()).at(0).attempts, 1U);
    EXPECT_EQ(run(s.store().list()), (std::vector<std::string>{"graves", "jobs"}));
}

TEST(a_dead_letter, has_a_reason_though_none_was_given) {
    hand_store s;
    auto const q = s.queue();
    run(q.send_all({"1", "2"}));
    run(take(q)->nack({.dead = true}));
    run(take(q)->nack({.crashed = true, .dead = true}));
    auto const dead = run(q.dead());
    ASSERT_EQ(dead.size(), 2U);
    EXPECT_EQ(dead[0].reason, "nacked");
    EXPECT_EQ(dead[1].reason, "the consumer died");
}

TEST(a_dead_letter, goes_by_the_limit_that_the_nack_gives) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    run(take(q)->nack({.delay = 0s, .max_receives = 2}));
    run(take(q)->nack({.charge = false, .max_receives = 2})); // no attempt
    EXPECT_TRUE(run(q.dead()).empty());
    s.clock.advance(10s);
    run(take(q)->nack({.max_receives = 2}));
    EXPECT_EQ(run(q.dead()).size(), 1U);
}

TEST(a_dead_letter, is_found_after_the_dead_letter_queue_was_changed) {
    hand_store s;
    auto const q = s.queue("jobs", {.max_receives = 1});
    for (auto const* home : {"graves", "tombs", "jobs--dead"}) {
        run(q.send(home));
        run(take(q)->nack());
        s.clock.advance(1s);
        run(q.set({.dead_letter = home}));
    }
    run(q.send("last"));
    run(take(q)->nack());
    EXPECT_EQ(run(s.store().queue("jobs--dead").info()).msgs, 2U);
    EXPECT_EQ(run(s.store().queue("tombs").info()).msgs, 1U);
    EXPECT_EQ(run(q.dead()).size(), 4U) << "each once, wherever it lies";
    run(s.store().queue("tombs").remove());
    EXPECT_EQ(run(q.redrive()), 3U);
    EXPECT_EQ(texts(run(q.receive_some({.count = 5}))), (std::vector<std::string>{"graves", "tombs", "last"}));
    run(q.remove());
    run(q.create());
    EXPECT_TRUE(run(q.dead()).empty());
}

TEST(redrive, sends_the_dead_back_with_attempts_at_0) {
    hand_store s;
    auto const q = s.queue("jobs", {.max_receives = 1});
    auto const other = s.queue("other", {.max_receives = 1, .dead_letter = "jobs--dead"});
    auto const ids = run(q.send_all({"1", "2", "3"}));
    run(other.send("theirs"));
    for (auto const& got : run(q.receive_some({.count = 3}))) run(got.nack());
    run(take(other)->nack());
    EXPECT_EQ(run(q.dead()).size(), 3U) << "only its own";
    EXPECT_EQ(run(q.redrive({ids[1]})), 1U);
    auto const again = take(q);
    EXPECT_EQ(again->id(), ids[1]);
    EXPECT_EQ(again->attempt(), 1U);
    EXPECT_EQ(again->rc(), 2U);
    EXPECT_EQ(run(q.redrive()), 2U);
    EXPECT_EQ(texts(run(q.receive_some({.count = 5}))), (std::vector<std::string>{"1", "3"}));
    EXPECT_EQ(run(other.dead()).size(), 1U);
}

} // namespace
} // namespace parlance
