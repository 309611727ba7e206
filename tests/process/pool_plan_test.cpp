#include "process/pool_plan.hpp"

#include <gtest/gtest.h>

namespace parlance {

std::ostream& operator<<(std::ostream& out, tenant_step const& step) {
    out << "step " << static_cast<int>(step.what);
    if (step.until) out << " until " << step.until->time_since_epoch() / std::chrono::milliseconds(1) << "ms";
    return out;
}

namespace {

using namespace std::chrono_literals;
using enum tenant_step::kind;

constexpr tenant::time_point at(std::chrono::milliseconds since) { return tenant::time_point{} + since; }

TEST(pool_plan, of_a_process_in_its_place_says_what_comes_next) {
    constexpr tenant_rules rules{.steady_after = 1s, .check_every = 30s, .idle_for = 60s};
    struct {
        char const* what;
        tenant is;
        std::chrono::milliseconds now;
        tenant_step expected;
    } const cases[] = {
        {"has just begun", {.idle = true}, 0ms, {wait, at(1s)}},
        {"has just begun and is lent out", {}, 0ms, {wait, at(1s)}},
        {"has lived a while", {.idle = true}, 1s, {prove}},
        {"spoke at once", {.spoke = true}, 10ms, {prove}},
        {"is proven, and lent out", {.proven = true}, 1h, {wait}},
        {"is proven, and to be checked", {.proven = true, .idle = true}, 2s, {wait, at(30s)}},
        {"is due for its check", {.proven = true, .idle = true}, 30s, {check}},
        {"is due for its check, but lent out", {.proven = true}, 31s, {wait}},
        {"was checked", {.proven = true, .idle = true, .checked = at(30s)}, 31s, {wait, at(60s)}},
        {"is one more than is kept warm",
         {.proven = true, .idle = true, .surplus = true, .idle_since = at(20s), .checked = at(70s)},
         79s,
         {wait, at(80s)}},
        {"is too many, and nobody wanted it",
         {.proven = true, .idle = true, .surplus = true, .idle_since = at(20s)},
         80s,
         {part}},
        {"is too many, but lent out", {.proven = true, .surplus = true}, 1h, {wait}},
        {"is to be renewed", {.to_be_renewed = true, .proven = true}, 2s, {renew}},
        {"is to go, and to be renewed", {.condemned = true, .to_be_renewed = true}, 2s, {part}},
        {"has ended", {.ended = true, .condemned = true, .to_be_renewed = true, .idle = true}, 2s, {bury}},
    };
    for (auto const& one : cases) EXPECT_EQ(next_for(one.is, rules, at(one.now)), one.expected) << one.what;
    EXPECT_EQ(next_for({.proven = true, .idle = true}, {.check_every = 0s}, at(1h)), (tenant_step{wait}))
        << "unchecked";
    EXPECT_EQ(next_for({.proven = true, .idle = true, .surplus = true}, {.idle_for = std::chrono::milliseconds::max()},
                       at(1h)),
              (tenant_step{wait, tenant::time_point::max()}))
        << "kept for ever";
}

} // namespace
} // namespace parlance
