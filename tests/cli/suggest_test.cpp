#include "cli/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace parlance::cli {
namespace {

constexpr struct {
    std::string_view from, to;
    std::size_t expected;
} distances[] = {
    {"", "", 0},        {"", "abc", 3},       {"abc", "", 3},      {"same", "same", 0}, {"send", "sent", 1},
    {"send", "snd", 1}, {"send", "sennd", 1}, {"send", "sned", 1}, {"ca", "abc", 3},    {"kitten", "sitting", 3},
};

TEST(distance, counts_as_the_table_says) {
    for (auto const& each : distances)
        EXPECT_EQ(distance(each.from, each.to), each.expected) << each.from << " " << each.to;
}

constexpr struct {
    std::string_view typed, expected;
} names_meant[] = {
    {"sned", "send"},    {"recieve", "receive"}, {"recv", ""}, {"delte", "delete"},
    {"lst", "list"},     {"purgee", "purge"},    {"xyz", ""},  {"", ""},
    {"rece", "receive"}, {"send", "send"},
};

TEST(nearest, names_what_was_meant) {
    std::vector<std::string> const names{"send", "receive", "delete", "list", "purge"};
    for (auto const& each : names_meant) EXPECT_EQ(nearest(each.typed, names), each.expected) << each.typed;
}

} // namespace
} // namespace parlance::cli
