// What a change of the date, and a new boot, do to a queue: nothing is late, early or out of order for it.
#include "queue/holder.hpp"
#include "queue/scratch.hpp"

namespace parlance {
namespace {

using namespace testing;

constexpr std::uint64_t hour_micros = 3'600'000'000;

std::string next_text(queue const& q) {
    auto const got = run(q.pop());
    return got ? got->text() : "nothing";
}

TEST(a_clock, that_was_an_hour_ahead_delays_nothing_that_is_sent_afterwards) {
    hand_store s;
    auto const q = s.queue();
    s.clock.wall_micros += hour_micros;
    auto const ahead = run(q.send("ahead"));
    s.clock.wall_micros -= hour_micros;
    auto const right = run(q.send("right"));
    EXPECT_GT(right, ahead) << "ids grow all the same";
    run(q.send("delayed", {.delay = 5s}));
    EXPECT_EQ(next_text(q), "ahead");
    EXPECT_EQ(next_text(q), "right");
    s.clock.advance(4999ms);
    EXPECT_EQ(next_text(q), "nothing");
    s.clock.advance(1ms);
    EXPECT_EQ(next_text(q), "delayed");
}

TEST(a_clock, that_is_set_neither_hastens_nor_delays_what_waits) {
    for (auto const step : {hour_micros, -hour_micros}) {
        hand_store s;
        auto const q = s.queue();
        run(q.send("before", {.delay = 5s}));
        s.clock.wall_micros += step;
        run(q.send("after", {.delay = 6s}));
        s.clock.advance(4999ms);
        EXPECT_EQ(next_text(q), "nothing");
        s.clock.wall_micros -= step;
        s.clock.advance(1ms);
        EXPECT_EQ(next_text(q), "before");
        s.clock.advance(1s);
        EXPECT_EQ(next_text(q), "after");
    }
}

TEST(a_clock, that_is_set_leaves_everything_in_its_order) {
    hand_store s;
    auto const q = s.queue("jobs", {.backoff = backoff{1s, 1s}});
    run(q.send("1"));
    s.clock.wall_micros += hour_micros;
    run(q.send("2"));
    s.clock.wall_micros -= 2 * hour_micros;
    run(q.send("3"));
    s.clock.wall_micros += hour_micros;
    run(q.send("4"));
    auto const poison = run(q.receive({.vt = 2s}));
    EXPECT_EQ(poison->text(), "1");
    s.clock.advance(10ms);
    EXPECT_TRUE(run(poison->nack({.delay = 0s}))); // behind those that wait, whatever the date was when they came
    for (auto const* text : {"2", "3", "4", "1"}) EXPECT_EQ(next_text(q), text);
}

TEST(a_clock, that_is_set_lets_what_is_given_back_unused_go_to_the_front) {
    hand_store s;
    auto const q = s.queue();
    s.clock.wall_micros += hour_micros;
    run(q.send("1"));
    s.clock.wall_micros -= hour_micros;
    run(q.send("2"));
    auto const first = run(q.receive());
    auto me = run(holder::enter(s.store()));
    EXPECT_EQ(run(me.receive(q, {.count = 1})).at(0).text(), "2");
    run(q.send("3"));
    run(me.leave());
    for (auto const* text : {"2", "3"}) EXPECT_EQ(next_text(q), text);
}

TEST(a_delayed_message, of_an_earlier_boot_waits_for_the_rest_of_its_delay) {
    hand_store s;
    {
        auto const q = s.queue();
        run(q.send("x", {.delay = 60s}));
    }
    s.clock.advance(20s);
    s.clock.boot_ms = 5'000; // the machine was started anew
    s.open(durability::fast, "boot-2");
    auto const q = s.store().queue("jobs");
    auto const due = run(q.peek(1)).at(0).due;
    EXPECT_EQ(static_cast<std::uint64_t>(due->time_since_epoch().count()), s.clock.wall_micros / 1000 + 40'000);
    s.clock.advance(39'999ms);
    EXPECT_EQ(next_text(q), "nothing");
    s.clock.advance(1ms);
    EXPECT_EQ(next_text(q), "x");
}

TEST(a_delayed_message, waits_no_longer_because_the_date_was_set_back_between_two_boots) {
    hand_store s;
    s.clock.wall_micros += hour_micros; // ahead when the store was made
    {
        auto const q = s.queue();
        run(q.send("x", {.delay = 60s}));
    }
    s.clock.boot_ms = 5'000;
    s.clock.wall_micros -= hour_micros;
    s.open(durability::fast, "boot-2");
    auto const q = s.store().queue("jobs");
    run(q.send("y", {.delay = 1s}));
    s.clock.advance(1s);
    EXPECT_EQ(next_text(q), "y");
    s.clock.advance(59s);
    EXPECT_EQ(next_text(q), "x");
}

TEST(a_clock, that_is_past_rsmqs_ids_sends_nothing_and_spoils_nothing) {
    hand_store s;
    auto const q = s.queue();
    auto const right = s.clock.wall_micros.load();
    s.clock.wall_micros = end_of_ids_micros - 1;
    auto const last = run(q.send("the last id"));
    EXPECT_TRUE(last.text().starts_with("zzzzzzzzzz"));
    for (auto const date : {end_of_ids_micros, right}) {
        s.clock.wall_micros = date;
        try {
            run(q.send("x"));
            FAIL();
        } catch (failure const& fault) {
            EXPECT_EQ(fault.code(), errc::store_unavailable);
            EXPECT_NE(std::string_view(fault.what()).find("2085"), std::string_view::npos) << fault.what();
        }
    }
    EXPECT_EQ(run(q.info()).msgs, 1U);
    EXPECT_EQ(next_text(q), "the last id") << "what is there can be received";
}

TEST(the_time_of_a_store, goes_on_from_its_last_note_by_what_the_date_has_advanced) {
    using lmdb_store::clock_note;
    struct {
        char const* what;
        std::optional<clock_note> last;
        lmdb_store::moment now;
        std::uint64_t store_ms;
    } const rows[] = {
        {"a new store begins at the date", {}, {.wall_micros = 5'000'000, .boot_ms = 300}, 5'000},
        {"down for 2 s", clock_note{0, 7'000, 6'000}, {.wall_micros = 8'000'000, .boot_ms = 300}, 9'000},
        {"the date was set back", clock_note{0, 7'000, 6'000}, {.wall_micros = 1'000'000, .boot_ms = 300}, 7'000},
        {"longer up than since 1970", clock_note{0, 7'000, 6'000}, {.wall_micros = 0, .boot_ms = 900'000}, 7'000},
    };
    for (auto const& row : rows) {
        auto now = row.now;
        now.zero_ms = zero_of_new_boot(row.last, now);
        EXPECT_EQ(now.store_ms(), row.store_ms) << row.what;
    }
}

} // namespace
} // namespace parlance
