// What a queue does: sends, settings, looks, removals; on a clock that is turned by hand.
#include "queue/scratch.hpp"

namespace parlance {
namespace {

using namespace testing;

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
