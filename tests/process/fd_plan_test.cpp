#include "process/fd_plan.hpp"

#include <gtest/gtest.h>

#include <map>

namespace parlance {
namespace {

/// Obeys a plan on a table of descriptors instead of the system's; each is named by what it was at first.
std::map<int, int> obeyed(std::vector<fd_step> const& plan, int highest, int targets) {
    std::map<int, int> table;
    std::map<int, int> lifted;
    for (int fd = 0; fd <= highest; ++fd) table[fd] = fd;
    int next_above = std::max(highest, targets) + 1;
    for (auto const& step : plan) {
        switch (step.what) {
        case fd_step::kind::lift: lifted[step.target] = next_above, table[next_above++] = table.at(step.source); break;
        case fd_step::kind::place:
            table[step.target] = table.at(step.source < 0 ? lifted.at(step.target) : step.source);
            break;
        case fd_step::kind::keep: EXPECT_EQ(step.source, step.target); break;
        }
    }
    return table;
}

TEST(fd_plan, brings_each_descriptor_to_its_number_whatever_lies_in_the_way) {
    constexpr int targets = 4, highest = 6;
    std::vector<int> sources(targets, 0);
    for (int number = 0; number < 7 * 7 * 7 * 7; ++number) {
        for (int i = 0, rest = number; i < targets; ++i, rest /= 7) sources[i] = rest % 7;
        auto const table = obeyed(plan_descriptors(sources), highest, targets);
        for (int i = 0; i < targets; ++i) ASSERT_EQ(table.at(i), sources[i]) << "case " << number << ", target " << i;
    }
}

TEST(fd_plan, takes_no_step_too_many) {
    using enum fd_step::kind;
    struct {
        char const* what;
        std::vector<int> sources;
        std::vector<fd_step> expected;
    } const cases[] = {
        {"pipes above all targets", {7, 8, 9}, {{place, 7, 0}, {place, 8, 1}, {place, 9, 2}}},
        {"all inherited", {0, 1, 2}, {{keep, 0, 0}, {keep, 1, 1}, {keep, 2, 2}}},
        {"errors to the output", {0, 1, 1}, {{keep, 0, 0}, {keep, 1, 1}, {place, 1, 2}}},
        {"swapped", {1, 0}, {{lift, 0, 1}, {place, 1, 0}, {place, -1, 1}}},
        {"one down", {1, 2, 9}, {{place, 1, 0}, {place, 2, 1}, {place, 9, 2}}},
        {"one up", {9, 0, 1}, {{lift, 0, 1}, {lift, 1, 2}, {place, 9, 0}, {place, -1, 1}, {place, -1, 2}}},
        {"nothing", {}, {}},
    };
    for (auto const& each : cases) EXPECT_EQ(plan_descriptors(each.sources), each.expected) << each.what;
}

} // namespace
} // namespace parlance
