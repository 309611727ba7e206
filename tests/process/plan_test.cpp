#include "process/plan.hpp"

#include <gtest/gtest.h>

namespace parlance {

std::ostream& operator<<(std::ostream& out, next_step const& step) {
    out << "step " << static_cast<int>(step.what);
    if (step.until) out << " until " << step.until->time_since_epoch() / std::chrono::milliseconds(1) << "ms";
    return out;
}

namespace {

using namespace std::chrono_literals;
using enum next_step::kind;

constexpr steady_time at(std::chrono::milliseconds since_start) { return steady_time{} + since_start; }

TEST(plan, of_a_child_says_what_comes_next) {
    struct {
        char const* what;
        situation s;
        std::chrono::milliseconds now;
        next_step expected;
    } const cases[] = {
        {"runs without a timeout", {}, 1h, {wait}},
        {"runs within its timeout", {.timeout = 2s}, 1s, {wait, at(2s)}},
        {"is over its timeout", {.timeout = 2s}, 2s, {time_out}},
        {"is over its timeout and being stopped",
         {.timeout = 2s, .stop_began = at(2s), .grace = 1s, .first_sent = true},
         2500ms,
         {wait, at(3s)}},
        {"is to be stopped", {.stop_began = at(1s), .grace = 5s}, 1s, {send_first}},
        {"has its grace", {.stop_began = at(1s), .grace = 5s, .first_sent = true}, 2s, {wait, at(6s)}},
        {"ignores the first signal", {.stop_began = at(1s), .grace = 5s, .first_sent = true}, 6s, {send_kill}},
        {"has all the time there is",
         {.timeout = std::chrono::milliseconds::max(), .silence = std::chrono::milliseconds::max()},
         1h,
         {wait}},
        {"has a grace without an end",
         {.stop_began = at(1s), .grace = std::chrono::milliseconds::max(), .first_sent = true},
         1h,
         {wait, steady_time::max()}},
        {"is reaped, its pipes are open and read to their end",
         {.drain = std::chrono::milliseconds::max(), .exited = at(1s), .reaped = true, .pipes_open = true},
         1h,
         {wait, steady_time::max()}},
        {"has no grace at all", {.stop_began = at(1s), .grace = 0s, .first_sent = true}, 1s, {send_kill}},
        {"hangs in the kernel", {.stop_began = at(1s), .grace = 5s, .first_sent = true, .kill_sent = true}, 1h, {wait}},
        {"has ended", {.exited = at(1s)}, 1s, {reap}},
        {"has ended before it was to be stopped", {.exited = at(1s), .reaped = true, .stop_began = at(2s)}, 2s, {done}},
        {"ended when told, its tree did not",
         {.exited = at(2s), .stop_began = at(1s), .grace = 5s, .first_sent = true, .tree_left = true},
         2s,
         {wait, at(2s + look_again)}},
        {"ended when told, its tree did not, the grace is nearly over",
         {.exited = at(2s), .stop_began = at(1s), .grace = 5s, .first_sent = true, .tree_left = true},
         5995ms,
         {wait, at(6s)}},
        {"ended when told, its tree did not, the grace is over",
         {.exited = at(2s), .stop_began = at(1s), .grace = 5s, .first_sent = true, .tree_left = true},
         6s,
         {send_kill}},
        {"killed with its tree",
         {.exited = at(2s),
          .stop_began = at(1s),
          .grace = 5s,
          .first_sent = true,
          .kill_sent = true,
          .tree_left = true},
         6s,
         {reap}},
        {"ended when told, with its tree",
         {.exited = at(2s), .stop_began = at(1s), .grace = 5s, .first_sent = true},
         2s,
         {reap}},
        {"is reaped, its pipes are at their end", {.exited = at(1s), .reaped = true}, 1s, {done}},
        {"is reaped, its pipes are open",
         {.drain = 500ms, .exited = at(1s), .reaped = true, .pipes_open = true},
         1s,
         {wait, at(1500ms)}},
        {"is reaped, its pipes are held open",
         {.drain = 500ms, .exited = at(1s), .reaped = true, .pipes_open = true},
         1500ms,
         {give_up_pipes}},
        {"is reaped, its pipes were given up",
         {.drain = 500ms, .exited = at(1s), .reaped = true, .pipes_open = true, .gave_up_pipes = true},
         2s,
         {done}},
    };
    for (auto const& each : cases) EXPECT_EQ(next(each.s, at(each.now)), each.expected) << each.what;
}

} // namespace
} // namespace parlance
