// What a queue does, on a clock that is turned by hand.
#include "queue/scratch.hpp"

namespace parlance {
namespace {

using namespace testing;

auto take(queue const& q, receive_options options = {}) { return run(q.receive(options)); }

std::vector<std::string> texts(std::vector<delivery> const& got) {
    std::vector<std::string> all;
    for (auto const& d : got) all.push_back(d.text());
    return all;
}

TEST(queue, hands_out_messages_in_the_order_sent) {
    hand_store s;
    auto const q = s.queue();
    for (auto const* text : {"1", "2", "3"}) run(q.send(text));
    EXPECT_EQ(take(q)->text(), "1");
    EXPECT_EQ(texts(run(q.receive_some({.count = 5}))), (std::vector<std::string>{"2", "3"}));
    EXPECT_FALSE(take(q));
}

TEST(queue, has_rsmqs_ids_and_counts) {
    hand_store s;
    auto const q = s.queue();
    auto const id = run(q.send("x"));
    EXPECT_EQ(id.text().size(), 32U);
    EXPECT_EQ(static_cast<std::uint64_t>(id.sent().time_since_epoch().count()), s.clock.wall_micros);
    s.clock.advance(5s);
    auto const got = take(q);
    EXPECT_EQ(got->id(), id);
    EXPECT_EQ(got->rc(), 1U);
    EXPECT_EQ(got->attempt(), 1U);
    EXPECT_EQ(static_cast<std::uint64_t>(got->first_received().time_since_epoch().count()), s.clock.wall_micros / 1000);
    auto const info = run(q.info());
    EXPECT_EQ(info.msgs, 1U);
    EXPECT_EQ(info.hiddenmsgs, 1U);
    EXPECT_EQ(info.leased, 1U);
    EXPECT_EQ(info.totalsent, 1U);
    EXPECT_EQ(info.totalrecv, 1U);
    EXPECT_EQ(info.oldest_age, 5s);
    EXPECT_EQ(info.dead_letter, "jobs--dead");
}

TEST(queue, is_made_once_and_has_rsmqs_defaults) {
    hand_store s;
    auto const q = s.store().queue("jobs");
    EXPECT_EQ(code_of([&] { run(q.info()); }), errc::queue_not_found);
    EXPECT_EQ(code_of([&] { run(q.send("x")); }), errc::queue_not_found);
    EXPECT_EQ(code_of([&] { run(q.receive()); }), errc::queue_not_found);
    run(q.create());
    EXPECT_EQ(text_of([&] { run(q.create()); }), "Queue exists");
    EXPECT_FALSE(run(q.ensure({.vt = 1s})));
    auto const info = run(q.info());
    EXPECT_EQ(info.vt, 30s);
    EXPECT_EQ(info.delay, 0s);
    EXPECT_EQ(info.maxsize, 65536);
    EXPECT_EQ(info.backoff, (backoff{1s, 5min}));
    EXPECT_FALSE(info.oldest_age);
    run(s.store().queue("another").create());
    EXPECT_EQ(run(s.store().list()), (std::vector<std::string>{"another", "jobs"}));
}

TEST(queue, is_changed_only_where_told) {
    hand_store s;
    auto const q = s.queue();
    EXPECT_EQ(text_of([&] { run(q.set({})); }), "No attribute was supplied");
    s.clock.advance(2s);
    auto const info = run(q.set({.vt = 10s, .max_receives = 4}));
    EXPECT_EQ(info.vt, 10s);
    EXPECT_EQ(info.max_receives, 4U);
    EXPECT_EQ(info.maxsize, 65536);
    EXPECT_EQ(info.modified - info.created, 2s);
    EXPECT_EQ(text_of([&] { run(s.store().queue("none").set({.vt = -1s})); }), "vt must be between 0 and 9999999");
    EXPECT_EQ(text_of([&] { run(s.store().queue("none").set({.vt = 1s})); }), "Queue not found");
}

TEST(queue, with_a_long_name_and_a_limit_needs_a_dead_letter_queue) {
    hand_store s;
    auto const q = s.store().queue(std::string(155, 'a'));
    EXPECT_EQ(code_of([&] { run(q.create({.max_receives = 2})); }), errc::invalid_value);
    run(q.create());
    EXPECT_EQ(code_of([&] { run(q.set({.max_receives = 2})); }), errc::invalid_value);
    run(q.set({.max_receives = 2, .dead_letter = "graves"}));
}

TEST(queue, refuses_messages_over_its_size_and_takes_all_or_none) {
    hand_store s;
    auto const q = s.queue("jobs", {.maxsize = 1024});
    EXPECT_EQ(text_of([&] { run(q.send(std::string(1025, 'x'))); }), "Message too long");
    EXPECT_EQ(text_of([&] { run(q.send_all({"fine", std::string(1025, 'x')})); }), "Message too long");
    EXPECT_EQ(run(q.info()).msgs, 0U);
    run(q.set({.maxsize = -1}));
    run(q.send(std::string(1 << 20, 'x')));
    EXPECT_EQ(take(q)->text(), std::string(1 << 20, 'x'));
}

TEST(queue, keeps_bodies_of_every_size_and_byte) {
    hand_store s;
    auto const q = s.queue("jobs", {.maxsize = -1});
    for (std::size_t const size : {0, 1, 1023, 1024, 1025, 5000, 70000}) {
        std::string body(size, '\0');
        for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7);
        run(q.send(body));
        auto got = take(q);
        ASSERT_TRUE(got);
        EXPECT_EQ(got->text(), body) << size;
        EXPECT_TRUE(run(got->nack({.delay = 0s})));
        EXPECT_EQ(run(q.peek(1)).at(0).text, body) << size;
        EXPECT_EQ(run(q.pop())->text(), body) << size;
    }
    EXPECT_EQ(run(q.info()).msgs, 0U);
}

TEST(queue, hides_delayed_messages_until_they_are_due) {
    hand_store s;
    auto const q = s.queue("jobs", {.delay = 10s});
    run(q.send("later"));
    run(q.send("sooner", {.delay = 1500ms}));
    EXPECT_FALSE(take(q));
    EXPECT_EQ(run(q.info()).hiddenmsgs, 2U);
    s.clock.advance(1499ms);
    EXPECT_FALSE(take(q));
    s.clock.advance(1ms);
    EXPECT_EQ(take(q)->text(), "sooner");
    s.clock.advance(9s);
    EXPECT_EQ(take(q)->text(), "later");
    EXPECT_EQ(text_of([&] { run(q.send("x", {.delay = -1ms})); }), "delay must be between 0 and 9999999");
}

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

TEST(purge, removes_all_that_is_in_the_queue_and_nothing_else) {
    hand_store s;
    auto const q = s.queue("jobs");
    auto const other = s.queue("other");
    run(q.send_all({"ready", "leased", std::string(5000, 'x')}));
    auto const held = take(q);
    run(q.send("delayed", {.delay = 5s}));
    run(other.send("mine"));
    EXPECT_EQ(run(q.purge()), 4U);
    EXPECT_EQ(run(q.info()).msgs, 0U);
    EXPECT_FALSE(run(held->ack()));
    s.clock.advance(1h);
    EXPECT_FALSE(take(q));
    EXPECT_EQ(run(other.info()).msgs, 1U);
}

TEST(remove, takes_the_queue_with_its_messages) {
    hand_store s;
    auto const q = s.queue();
    run(q.send_all({"1", "2"}));
    EXPECT_EQ(run(q.remove()), 2U);
    EXPECT_EQ(code_of([&] { run(q.remove()); }), errc::queue_not_found);
    run(q.create());
    EXPECT_EQ(run(q.info()).msgs, 0U);
    EXPECT_EQ(run(q.info()).totalsent, 0U);
}

TEST(pause, hands_nothing_out_and_takes_sends) {
    hand_store s;
    auto const q = s.queue();
    run(q.pause());
    run(q.send("x"));
    EXPECT_FALSE(take(q));
    EXPECT_FALSE(run(q.pop()));
    EXPECT_TRUE(run(q.info()).paused);
    run(q.pause(false));
    EXPECT_TRUE(take(q));
}

TEST(peek, shows_the_visible_first_then_the_hidden_as_they_come_due) {
    hand_store s;
    auto const q = s.queue();
    run(q.send("delayed", {.delay = 20s}));
    run(q.send("leased"));
    run(q.receive({.vt = 10s}));
    run(q.send("ready"));
    auto const seen = run(q.peek(5));
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0].text, "ready");
    EXPECT_FALSE(seen[0].due);
    EXPECT_EQ(seen[1].text, "leased");
    EXPECT_EQ(seen[1].rc, 1U);
    EXPECT_EQ(static_cast<std::uint64_t>(seen[1].due->time_since_epoch().count()), s.clock.wall_micros / 1000 + 10'000);
    EXPECT_EQ(seen[2].text, "delayed");
    EXPECT_EQ(run(q.peek(1)).size(), 1U);
    EXPECT_EQ(run(q.info()).totalrecv, 1U) << "peeking is no receive";
}

TEST(a_delivery, has_its_json) {
    hand_store s;
    auto const q = s.queue();
    run(q.send(R"({"n":1})"));
    EXPECT_EQ(take(q)->json().at("n").as_int64(), 1);
}

} // namespace
} // namespace parlance
