#include <parlance/size.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace parlance {
namespace {

struct size_reading {
    std::string_view text;
    std::optional<std::uint64_t> expected;
};
constexpr size_reading size_readings[] = {
    {"0", 0},
    {"4096", 4096},
    {"64KiB", 65536},
    {"1MiB", 1048576},
    {"2GiB", 2147483648},
    {"3TiB", 3298534883328},
    {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
    {"18446744073709551616", std::nullopt},
    {"16777215TiB", 18446742974197923840u},
    {"16777216TiB", std::nullopt},
    {"", std::nullopt},
    {"KiB", std::nullopt},
    {"-1", std::nullopt},
    {"+1", std::nullopt},
    {"1.5MiB", std::nullopt},
    {"64 KiB", std::nullopt},
    {"64KB", std::nullopt},
    {"64k", std::nullopt},
    {"lots", std::nullopt},
};

TEST(parse_size, reads_what_the_table_says) {
    for (auto const& each : size_readings) EXPECT_EQ(parse_size(each.text), each.expected) << each.text;
}

struct size_writing {
    std::uint64_t bytes;
    std::string_view expected;
};
constexpr size_writing size_writings[] = {
    {0, "0 B"},
    {512, "512 B"},
    {1023, "1023 B"},
    {1024, "1 KiB"},
    {65536, "64 KiB"},
    {1572864, "1.5 MiB"},
    {1048575, "1023 KiB"},
    {std::numeric_limits<std::uint64_t>::max(), "16777215 TiB"},
};

TEST(format_size, writes_what_the_table_says) {
    for (auto const& each : size_writings) EXPECT_EQ(format_size(each.bytes), each.expected);
}

} // namespace
} // namespace parlance
