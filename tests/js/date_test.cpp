#include <parlance/error.hpp>
#include <parlance/js.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace parlance::js {
namespace {

using namespace std::chrono;

constexpr struct {
    double ms;
    std::string_view iso;
} dates[] = {{0, "1970-01-01T00:00:00.000Z"},
             {-1, "1969-12-31T23:59:59.999Z"},
             {1700000000123, "2023-11-14T22:13:20.123Z"},
             {951782400000, "2000-02-29T00:00:00.000Z"},
             {253402300799999, "9999-12-31T23:59:59.999Z"},
             {253402300800000, "+010000-01-01T00:00:00.000Z"},
             {-62167219200000, "0000-01-01T00:00:00.000Z"},
             {-62167219200001, "-000001-12-31T23:59:59.999Z"},
             {8.64e15, "+275760-09-13T00:00:00.000Z"},
             {-8.64e15, "-271821-04-20T00:00:00.000Z"}};

TEST(date, is_read_and_printed_as_javascript_does) {
    for (auto const& row : dates) {
        EXPECT_EQ(date(row.ms).iso(), row.iso);
        EXPECT_EQ(date::parse_iso(row.iso), date(row.ms)) << row.iso;
    }
}

TEST(date, is_read_in_the_shorter_forms_and_with_a_zone) {
    EXPECT_EQ(date::parse_iso("2023-11-14T22:13:20Z").ms, 1700000000000);
    EXPECT_EQ(date::parse_iso("2023-11-14T22:13Z").ms, 1699999980000);
    EXPECT_EQ(date::parse_iso("2023-11-14T23:13:20.500+01:00").ms, 1700000000500);
    EXPECT_EQ(date::parse_iso("2023-11-14T16:43:20-05:30").ms, 1700000000000);
}

TEST(date, that_is_none_is_refused) {
    for (std::string const text :
         {"", "2023", "2023-11-14", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-01-00T00:00:00Z",
          "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:61Z", "2023-01-01T00:00:00.5Z",
          "2023-01-01T00:00:00", "2023-01-01T00:00:00Z ", "2023-01-01T00:00:00+25:00", "-000000-01-01T00:00:00Z",
          "+275760-09-13T00:00:00.001Z", "x"})
        EXPECT_THROW(date::parse_iso(text), failure) << text;
}

TEST(date, drops_what_lies_behind_the_millisecond) {
    EXPECT_EQ(date(1.9).ms, 1);
    EXPECT_EQ(date(-1.9).ms, -1);
    EXPECT_FALSE(std::signbit(date(-0.5).ms));
    EXPECT_EQ(date(sys_time<nanoseconds>(1'999'999ns)).ms, 1);
    EXPECT_EQ(date(sys_time<nanoseconds>(-1ns)).ms, -1);
}

TEST(date, beyond_the_limits_is_invalid_and_equals_any_other_such) {
    for (double const ms : {8.64e15 + 1, -8.64e15 - 1, std::nan(""), double(INFINITY)}) {
        EXPECT_FALSE(date(ms).is_valid());
        EXPECT_EQ(date(ms).iso(), std::nullopt);
        EXPECT_EQ(date(ms), date());
    }
    date far;
    far.ms = 1e300; // set by hand
    EXPECT_FALSE(far.is_valid());
    EXPECT_EQ(far, date());
}

TEST(date, is_the_clock_s_moment_where_that_has_it) {
    auto const moment = sys_time<milliseconds>(1700000000123ms);
    EXPECT_EQ(date(moment).to_time_point(), moment);
    EXPECT_EQ(date(8.64e15).to_time_point(), floor<milliseconds>(system_clock::time_point::max()));
    EXPECT_EQ(date(-8.64e15).to_time_point(), ceil<milliseconds>(system_clock::time_point::min()));
}

} // namespace
} // namespace parlance::js
