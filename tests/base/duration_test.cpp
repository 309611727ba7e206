#include <parlance/duration.hpp>

#include <gtest/gtest.h>

namespace parlance {
namespace {

using std::chrono::milliseconds;

struct reading {
    std::string_view text;
    std::optional<milliseconds> expected;
};
constexpr reading readings[] = {
    {"250ms", milliseconds(250)},
    {"5s", milliseconds(5000)},
    {"1.5s", milliseconds(1500)},
    {"10m", milliseconds(600'000)},
    {"2h", milliseconds(7'200'000)},
    {"1d", milliseconds(86'400'000)},
    {"5", milliseconds(5000)},
    {"0.25", milliseconds(250)},
    {"0", milliseconds(0)},
    {"0ms", milliseconds(0)},
    {"007s", milliseconds(7000)},
    {"0.4ms", milliseconds(0)},
    {"0.5ms", milliseconds(1)},
    {"1.0004s", milliseconds(1000)},
    {"1.0005s", milliseconds(1001)},
    {"0.3333333333333333333333333333333h", milliseconds(1'200'000)},
    {"106751991167d", milliseconds(9'223'372'036'828'800'000)},
    {"106751991168d", std::nullopt},
    {"9223372036854775808", std::nullopt},
    {"99999999999999999999999", std::nullopt},
    {"", std::nullopt},
    {"-1", std::nullopt},
    {"+1", std::nullopt},
    {"soon", std::nullopt},
    {"s", std::nullopt},
    {".5", std::nullopt},
    {"5.", std::nullopt},
    {"5 s", std::nullopt},
    {" 5s", std::nullopt},
    {"5s ", std::nullopt},
    {"5S", std::nullopt},
    {"5sec", std::nullopt},
    {"1h30m", std::nullopt},
    {"1e3", std::nullopt},
    {"0x10", std::nullopt},
};

TEST(parse_duration, reads_what_the_table_says) {
    for (auto const& each : readings) EXPECT_EQ(parse_duration(each.text), each.expected) << each.text;
}

struct writing {
    milliseconds duration;
    std::string_view expected;
};
constexpr writing writings[] = {
    {milliseconds(0), "0ms"},         {milliseconds(12), "12ms"},
    {milliseconds(999), "999ms"},     {milliseconds(1000), "1s"},
    {milliseconds(1500), "1.5s"},     {milliseconds(1549), "1.5s"},
    {milliseconds(1951), "2s"},       {milliseconds(59'949), "59.9s"},
    {milliseconds(59'950), "1m"},     {milliseconds(200'000), "3m20s"},
    {milliseconds(185'000), "3m05s"}, {milliseconds(3'599'499), "59m59s"},
    {milliseconds(3'599'500), "1h"},  {milliseconds(7'500'000), "2h05m"},
    {milliseconds(86'399'999), "1d"}, {milliseconds(93'600'000), "1d02h"},
    {milliseconds(-1500), "-1.5s"},
};

TEST(format_duration, writes_what_the_table_says) {
    for (auto const& each : writings) EXPECT_EQ(format_duration(each.duration), each.expected);
}

TEST(format_duration, writes_the_longest_both_ways) {
    EXPECT_EQ(format_duration(milliseconds::min()), "-" + format_duration(milliseconds::max()));
}

} // namespace
} // namespace parlance
