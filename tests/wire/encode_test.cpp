#include "wire/encode.hpp"

#include "cut_all.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace wire {
namespace {

struct {
    framing frames;
    std::string_view message, before, after;
} const envelopes[] = {
    {framing::lines, "{}", "", "\n"},
    {framing::concatenated, "{}", "", ""},
    {framing::concatenated, "\"a\"", "", ""},
    {framing::concatenated, "12", "", "\n"},
    {framing::concatenated, "null", "", "\n"},
    {framing::content_length, "\"\xc3\xa9\"", "Content-Length: 4\r\n\r\n", ""},
    {framing::record_separator, "[]", "\x1e", "\n"},
    {framing::length_prefix, "hi", {"\0\0\0\2", 4}, ""},
    {framing::delimited, "hi", "", "\f"},
    {framing::chunks, "hi", "", ""},
};

TEST(envelope, is_as_the_table_says) {
    for (auto const& line : envelopes) {
        envelope const around(line.frames, line.message);
        EXPECT_EQ(around.before(), line.before) << name_of(line.frames) << " of " << line.message;
        EXPECT_EQ(around.after(), line.after) << name_of(line.frames) << " of " << line.message;
    }
}

TEST(envelope, has_the_delimiter_that_was_asked_for) {
    EXPECT_EQ(envelope(framing::delimited, "{}", '\0').after(), std::string_view("\0", 1));
}

TEST(envelope, is_taken_off_again_by_the_decoder) {
    for (auto const frames :
         {framing::lines, framing::concatenated, framing::content_length, framing::record_separator}) {
        std::string stream;
        std::vector<std::string> expected;
        for (std::string const message : {"{\"a\":1}", "12", "3", "\"x\"", "null", "[true]"}) {
            envelope const around(frames, message);
            stream += std::string(around.before()) + message + std::string(around.after());
            expected.push_back("whole " + message);
        }
        EXPECT_EQ(cut_all(frames, stream, 100), expected) << name_of(frames);
    }
}

TEST(why_unsendable, finds_what_would_break_the_framing) {
    EXPECT_EQ(why_unsendable(framing::lines, "{\"a\":\n1}"), "a line break inside a message");
    EXPECT_EQ(why_unsendable(framing::content_length, "{\"a\":\n1}"), "");
    EXPECT_EQ(why_unsendable(framing::delimited, "{\"a\":\n1}"), "");
    EXPECT_EQ(why_unsendable(framing::delimited, "{\"a\":\n1}", '}'), "the delimiter inside a message");
    EXPECT_EQ(why_unsendable(framing::chunks, ""), "an empty message");
    EXPECT_EQ(why_unsendable(framing::record_separator, "\"\x1e\""), "a record separator inside a message");
    EXPECT_EQ(why_unsendable(framing::lines, " "), "an empty message");
    EXPECT_EQ(why_unsendable(framing::lines, "{}"), "");
}

} // namespace
} // namespace wire

TEST(framing, has_the_names_of_the_command_line) {
    for (auto const name : {"lines", "concatenated", "content-length", "record-separator"})
        EXPECT_EQ(name_of(parse_framing(name).value()), name);
    EXPECT_FALSE(parse_framing("line"));
    EXPECT_EQ(parse_noise("stderr"), noise::to_stderr);
    EXPECT_EQ(parse_noise("skip"), noise::skip);
    EXPECT_EQ(parse_noise("error"), noise::error);
    EXPECT_FALSE(parse_noise(""));
}

} // namespace parlance
