// Who holds a message, for how long, and how it is settled; on a clock that is turned by hand.
#include "queue/scratch.hpp"

namespace parlance {
namespace {

using namespace testing;

TEST(a_lease, that_runs_out_gives_the_message_to_the_next) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    auto const first = take(q, {.vt = 2s});
    s.clock.advance(1999ms);
    EXPECT_FALSE(take(q));
    s.clock.advance(1ms);
    auto const second = take(q);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->rc(), 2U);
    EXPECT_EQ(second->first_received(), first->first_received());
    EXPECT_EQ(code_of([&] { run(first->ack()); }), errc::lease_lost);
    EXPECT_EQ(code_of([&] { run(first->extend(5s)); }), errc::lease_lost);
    EXPECT_EQ(code_of([&] { run(first->nack()); }), errc::lease_lost);
    EXPECT_TRUE(run(second->ack()));
    EXPECT_FALSE(run(second->ack()));
}

TEST(a_lease, is_extended_from_now) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    auto const got = take(q, {.vt = 2s});
    s.clock.advance(1s);
    EXPECT_TRUE(run(got->extend(2s)));
    s.clock.advance(1999ms);
    EXPECT_FALSE(take(q));
    s.clock.advance(1ms);
    EXPECT_TRUE(take(q));
}

TEST(a_lease, is_not_lost_when_the_date_is_changed) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    auto const got = take(q, {.vt = 30s});
    s.clock.wall_micros += 3'600'000'000; // an hour forward, and two back
    EXPECT_FALSE(take(q));
    s.clock.wall_micros -= 7'200'000'000;
    EXPECT_FALSE(take(q));
    auto const young = run(q.send("y"));
    EXPECT_GT(young, got->id()) << "ids grow though the clock went back";
    EXPECT_TRUE(run(got->ack()));
}

TEST(a_lease, of_another_boot_is_over) {
    hand_store s;
    {
        auto const q = s.queue();
        run(q.send("x"));
        run(q.receive({.vt = 1h}));
    }
    s.open(durability::fast, "boot-2");
    auto const again = take(s.store().queue("jobs"));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->rc(), 2U);
}

TEST(a_receipt, proves_the_claim_from_anywhere) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    auto const first = take(q, {.vt = 1s});
    s.clock.advance(1s);
    auto const second = take(q);
    EXPECT_EQ(code_of([&] { run(q.ack(first->id(), first->receipt())); }), errc::lease_lost);
    EXPECT_EQ(code_of([&] { run(q.ack(first->id(), "nonsense")); }), errc::invalid_argument);
    EXPECT_TRUE(run(q.extend(second->id(), 5s, second->receipt())));
    EXPECT_TRUE(run(q.ack(second->id(), second->receipt())));
    EXPECT_FALSE(run(q.ack(second->id())));
}

TEST(a_receipt, is_never_good_again_after_an_uncharged_nack) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    auto const first = take(q);
    EXPECT_TRUE(run(first->nack({.delay = 0s, .charge = false})));
    auto const second = take(q);
    EXPECT_EQ(second->rc(), 2U);
    EXPECT_EQ(second->attempt(), 1U) << "what is not charged is no attempt";
    EXPECT_EQ(code_of([&] { run(first->ack()); }), errc::lease_lost);
}

TEST(without_a_receipt, anybody_may_delete_as_in_rsmq) {
    hand_store s;
    auto const q = s.queue();
    auto const id = run(q.send("x"));
    take(q);
    EXPECT_TRUE(run(q.ack(id)));
    EXPECT_FALSE(run(q.ack(id)));
    EXPECT_FALSE(run(q.extend(id, 1s)));
}

TEST(ack_all, answers_for_each) {
    hand_store s;
    auto const q = s.queue();
    run(q.send_all({"1", "2", "3"}));
    auto const got = run(q.receive_some({.count = 3}));
    EXPECT_TRUE(run(got[1].ack()));
    EXPECT_EQ(run(q.ack_all(got)), (std::vector<bool>{true, false, true}));
    EXPECT_EQ(run(q.info()).acked, 3U);
}

TEST(pop, receives_and_removes) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("x"));
    EXPECT_EQ(run(q.pop())->text(), "x");
    EXPECT_FALSE(run(q.pop()));
    EXPECT_EQ(run(q.info()).totalrecv, 1U);
    EXPECT_EQ(run(q.info()).msgs, 0U);
}

} // namespace
} // namespace parlance
