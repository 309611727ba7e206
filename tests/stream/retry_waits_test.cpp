#include "stream/keepalive.hpp"
#include "stream/retry_waits.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

using namespace std::chrono_literals;

struct {
    char const* what;
    retry_waits plan;
    unsigned failures;
    double random;
    std::chrono::milliseconds expected;
} const waits[] = {
    {"node-ipc's: the same each time", {500ms, 0ms}, 1, 0.9, 500ms},
    {"and after many", {500ms, 0ms}, 1000000, 0.9, 500ms},
    {"a most below the first is no growth", {500ms, 100ms}, 3, 0, 500ms},
    {"none at all", {0ms, 0ms}, 5, 0, 0ms},
    {"growing: the first", {100ms, 5000ms}, 1, 0.9, 100ms},
    {"the second is twice that", {100ms, 5000ms}, 2, 0, 200ms},
    {"the fifth", {100ms, 5000ms}, 5, 0, 1600ms},
    {"up to the most", {100ms, 5000ms}, 7, 0, 5000ms},
    {"for ever", {100ms, 5000ms}, 4000000000u, 0, 5000ms},
    {"shortened by up to half of its growth", {100ms, 5000ms}, 2, 0.5, 175ms},
    {"but never below the first", {100ms, 5000ms}, 7, 0.999999, 2551ms},
};

TEST(retry_waits, waits_as_the_table_says) {
    for (auto const& line : waits) EXPECT_EQ(line.plan.after(line.failures, line.random), line.expected) << line.what;
}

struct {
    std::chrono::milliseconds patience;
    keepalive_plan expected;
    int found_after;
} const plans[] = {
    {1ms, {1, 1, 1}, 2},    {2s, {1, 1, 1}, 2},     {3500ms, {1, 1, 2}, 3},      {5s, {2, 1, 3}, 5},
    {60s, {30, 10, 3}, 60}, {61s, {30, 10, 3}, 60}, {2h, {3600, 1200, 3}, 7200}, {1000h, {43200, 14400, 3}, 86400},
};

TEST(keepalive, finds_a_dead_peer_within_the_patience) {
    for (auto const& line : plans) {
        EXPECT_EQ(plan_keepalive(line.patience), line.expected) << line.patience.count();
        EXPECT_EQ(plan_keepalive(line.patience).found_after(), line.found_after) << line.patience.count();
    }
}

} // namespace
} // namespace parlance
