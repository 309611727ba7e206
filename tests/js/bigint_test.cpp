#include <parlance/error.hpp>
#include <parlance/js.hpp>

#include <gtest/gtest.h>

namespace parlance::js {
namespace {

constexpr struct {
    std::string_view text, decimal, hexadecimal;
} numbers[] = {{"0", "0", "0x0"},
               {"-0", "0", "0x0"},
               {"007", "7", "0x7"},
               {"-12", "-12", "-0xc"},
               {"18446744073709551615", "18446744073709551615", "0xffffffffffffffff"},
               {"18446744073709551616", "18446744073709551616", "0x10000000000000000"},
               {"0x10000000000000000", "18446744073709551616", "0x10000000000000000"},
               {"-0XfF", "-255", "-0xff"},
               {"10000000000000000000", "10000000000000000000", "0x8ac7230489e80000"},
               {"100000000000000000000000000000000000000", "100000000000000000000000000000000000000",
                "0x4b3b4ca85a86c47a098a224000000000"}};

TEST(bigint, is_read_and_printed) {
    for (auto const& row : numbers) {
        auto const n = bigint::parse(row.text);
        EXPECT_EQ(n.to_string(), row.decimal);
        EXPECT_EQ(n.to_hex(), row.hexadecimal);
        EXPECT_EQ(bigint::parse(row.hexadecimal), n) << row.text;
    }
}

TEST(bigint, of_thousands_of_digits_reads_back) {
    std::string digits = "-1";
    for (int i = 0; i < 5000; ++i) digits += static_cast<char>('0' + i * 7 % 10);
    EXPECT_EQ(bigint::parse(digits).to_string(), digits);
    EXPECT_EQ(bigint::parse(bigint::parse(digits).to_hex()).to_string(), digits);
}

TEST(bigint, that_is_none_is_refused) {
    for (std::string const text : {"", "-", "1.5", "12a", "0x", "0xg", " 1", "1 ", "+1", "--1", "\xE2\x82\xAC"})
        EXPECT_THROW(bigint::parse(text), failure) << text;
    EXPECT_THROW(bigint::parse(std::string(1'000'001, '1')), failure) << "would take too long";
}

TEST(bigint, fits_into_machine_words_or_not) {
    EXPECT_EQ(bigint(INT64_MIN).to_int64(), INT64_MIN);
    EXPECT_EQ(bigint(INT64_MIN).to_string(), "-9223372036854775808");
    EXPECT_EQ(bigint(INT64_MAX).to_int64(), INT64_MAX);
    EXPECT_EQ(bigint(UINT64_MAX).to_uint64(), UINT64_MAX);
    EXPECT_EQ(bigint(UINT64_MAX).to_int64(), std::nullopt);
    EXPECT_EQ(bigint(-1).to_uint64(), std::nullopt);
    EXPECT_EQ(bigint::parse("-9223372036854775809").to_int64(), std::nullopt);
    EXPECT_EQ(bigint::parse("18446744073709551616").to_uint64(), std::nullopt);
    EXPECT_EQ(bigint().to_int64(), 0);
}

TEST(bigint, has_one_form) {
    EXPECT_EQ(bigint(true, {0, 0}), bigint(0));
    EXPECT_EQ(bigint(false, {5, 0}), bigint(5));
    EXPECT_FALSE(bigint(true, {0}).is_negative());
}

} // namespace
} // namespace parlance::js
