#include "wire/delimited.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace parlance::wire {
namespace {

using namespace std::string_view_literals;
using said = std::vector<std::string>;

/// Everything that is said about `input`, given in pieces that end at `cuts` (increasing) and at the end.
said cut_everywhere(std::string_view input, std::string_view delimiter, std::size_t limit,
                    std::vector<std::size_t> cuts = {}) {
    delimited_scan scan;
    said all;
    std::size_t done = 0;
    auto const note = [&](cut const& step) {
        if (step.state == cut_state::whole) all.emplace_back(step.message);
        if (step.state == cut_state::too_large) all.emplace_back("too large!");
        done += step.consumed;
    };
    cuts.push_back(input.size());
    for (auto const end : cuts) {
        for (cut step{.state = cut_state::skip}; step.state != cut_state::need_more;) {
            step = cut_delimited(scan, input.substr(done, end - done), delimiter, limit);
            note(step);
        }
    }
    note(finish_delimited(scan, input.substr(done), limit));
    EXPECT_EQ(done, input.size());
    return all;
}

struct text {
    char const* what;
    std::string_view input, delimiter;
    said lines;
};
text const texts[] = {
    // the limit is 8
    {"nothing", "", "\n", {}},
    {"a line", "one\n", "\n", {"one"}},
    {"the last needs no delimiter", "one\ntwo", "\n", {"one", "two"}},
    {"empty lines are lines", "\n\na\n", "\n", {"", "", "a"}},
    {"a carriage return belongs to the line", "a\r\n", "\n", {"a\r"}},
    {"both", "a\r\nb\nc\r\n", "\r\n", {"a", "b\nc"}},
    {"half a delimiter at the end", "a\r\nb\r", "\r\n", {"a", "b\r"}},
    {"zero bytes", "a\0b\0"sv, "\0"sv, {"a", "b"}},
    {"a word", "a--END--b--EN--END--", "--END--", {"a", "b--EN"}},
    {"a delimiter that begins with itself", "aabaaab", "aab", {"", "a"}},
    {"only delimiters, which overlap", "aaaa", "aa", {"", ""}},
    {"one left of them", "aaa", "aa", {"", "a"}},
    {"exactly at the limit", "12345678\n9\n", "\n", {"12345678", "9"}},
    {"one over, and the next", "123456789\nab\n", "\n", {"too large!", "ab"}},
    {"one over, twice", "123456789\n123456789\n", "\n", {"too large!", "too large!"}},
    {"far over, of which the end never comes", "123456789012345678901234567890", "\n", {"too large!"}},
    {"one over at the end", "123456789", "--", {"too large!"}},
    {"at the limit with half a delimiter behind it is one over", "12345678-", "--", {"too large!"}},
    {"at the limit with its delimiter", "12345678--9", "--", {"12345678", "9"}},
    {"far over, ended by a long delimiter", "1234567890123456-END-abc-END-", "-END-", {"too large!", "abc"}},
};

TEST(cut_delimited, cuts_as_the_table_says) {
    for (auto const& each : texts) EXPECT_EQ(cut_everywhere(each.input, each.delimiter, 8), each.lines) << each.what;
}

TEST(cut_delimited, says_the_same_wherever_reads_end) {
    for (auto const& each : texts) {
        std::vector<std::size_t> every_byte;
        for (std::size_t at = 0; at < each.input.size(); ++at) {
            every_byte.push_back(at);
            for (auto second = at; second < each.input.size(); ++second)
                EXPECT_EQ(cut_everywhere(each.input, each.delimiter, 8, {at, second}), each.lines)
                    << each.what << ", cut at " << at << " and " << second;
        }
        EXPECT_EQ(cut_everywhere(each.input, each.delimiter, 8, every_byte), each.lines) << each.what;
    }
}

TEST(cut_delimited, looks_at_each_byte_once_however_they_come) {
    std::string const line(1 << 20, 'x');
    for (auto const delimiter : {"\n"sv, "\r\n"sv, "--END--"sv}) {
        delimited_scan scan;
        for (std::size_t end = 1; end <= line.size(); ++end)
            cut_delimited(scan, std::string_view(line).substr(0, end), delimiter, line.size());
        EXPECT_LE(scan.examined, delimiter.size() * line.size()) << delimiter;
    }
}

} // namespace
} // namespace parlance::wire
