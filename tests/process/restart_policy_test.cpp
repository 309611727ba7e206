#include "process/restart_policy.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(restart_policy, doubles_the_pause_up_to_the_longest) {
    constexpr milliseconds far = 365 * 24h;
    constexpr struct {
        char const* what;
        unsigned nth;
        restart_pause pauses;
        milliseconds expected;
    } cases[] = {
        {"nothing went wrong", 0, {}, 0ms},
        {"the first", 1, {}, 100ms},
        {"the second", 2, {}, 200ms},
        {"the fifth", 5, {}, 1600ms},
        {"the longest is reached", 10, {}, 30s},
        {"many", 1'000'000, {}, 30s},
        {"the longest is no power of two of the first", 3, {100ms, 250ms}, 250ms},
        {"the longest is shorter than the first", 1, {100ms, 10ms}, 10ms},
        {"none at all", 7, {0ms, 30s}, 0ms},
        {"no limit that matters", 200, {1ms, far}, far},
        {"always the same", 9, {1s, 1s}, 1s},
    };
    for (auto const& one : cases) EXPECT_EQ(pause_after(one.nth, one.pauses), one.expected) << one.what;
}

TEST(restart_policy, spreads_a_pause_over_its_second_half) {
    EXPECT_EQ(spread(100ms, 0), 50ms);
    EXPECT_EQ(spread(100ms, 0.5), 75ms);
    EXPECT_EQ(spread(100ms, 1), 100ms);
    EXPECT_EQ(spread(0ms, 1), 0ms);
}

TEST(start_guard, gives_up_after_so_many_in_a_row) {
    start_guard guard({}, 3);
    EXPECT_EQ(guard.failed("a"), 100ms);
    EXPECT_EQ(guard.failed("b"), 200ms);
    EXPECT_FALSE(guard.given_up());
    guard.succeeded();
    EXPECT_EQ(guard.failed("c"), 100ms) << "counted anew";
    EXPECT_EQ(guard.failed("d"), 200ms);
    EXPECT_FALSE(guard.given_up());
    guard.failed("e");
    EXPECT_TRUE(guard.given_up());
    EXPECT_EQ(guard.last_reason(), "e");
}

TEST(start_guard, never_gives_up_where_it_is_told_so) {
    start_guard guard({10ms, 40ms}, 0);
    for (int n = 0; n < 100; ++n) guard.failed("again");
    EXPECT_FALSE(guard.given_up());
    EXPECT_EQ(guard.failed("again"), 40ms);
}

TEST(death_guard, lets_the_first_death_pass_and_backs_off_from_the_second) {
    struct {
        char const* what;
        milliseconds lived, expected;
    } const deaths[] = {
        {"the first early death", 1s, 0ms},
        {"the second", 1s, 100ms},
        {"the third", 9999ms, 200ms},
        {"one that had lived long", 10s, 0ms},
        {"an early one after it is the first again", 0s, 0ms},
        {"and the next the second", 0s, 100ms},
    };
    death_guard guard({}, 10s);
    for (auto const& death : deaths) EXPECT_EQ(guard.died(death.lived), death.expected) << death.what;
}

} // namespace
} // namespace parlance
