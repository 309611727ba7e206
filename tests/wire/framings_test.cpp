// The tables of docs/framings.md, and more.
#include "cut_all.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::wire {
namespace {

using said = std::vector<std::string>;
constexpr std::size_t small_limit = 8;

struct example {
    char const* what;
    framing frames;
    std::string_view input;
    said expected;
};

using enum framing;

example const examples[] = {
    {"two lines", lines, "1\n2\n", {"whole 1", "whole 2"}},
    {"both kinds of line ends", lines, "1\r\n2\n", {"whole 1", "whole 2"}},
    {"an empty line is an empty message", lines, "\n\r\n", {"whole ", "whole "}},
    {"exactly at the limit", lines, "12345678\r\n", {"whole 12345678"}},
    {"one over, then the next", lines, "123456789\n[1]\n", {"too_large", "whole [1]"}},
    {"far over, then the next", lines, "123456789abcdefghijklmnop\r\n[1]\n", {"too_large", "whole [1]"}},
    {"over, and no end", lines, "123456789", {"too_large"}},
    {"a carriage return is white space inside", lines, "[\r1]\n", {"whole [\r1]"}},
    {"the last line needs no newline", lines, "1\n[2]", {"whole 1", "whole [2]"}},
    {"but must be whole", lines, "1\n[2,", {"whole 1", "ended_inside [2,"}},
    {"a word that has only begun", lines, "tru", {"ended_inside tru"}},
    {"a last line that is no message", lines, "1\nbye", {"whole 1", "whole bye"}},
    {"UTF-8", lines, "\"h\xc3\xa9\"\n", {"whole \"h\xc3\xa9\""}},

    {"nothing between them",
     concatenated,
     R"({"a":1}{"b":2}[3]"4")",
     {R"(whole {"a":1})", R"(whole {"b":2})", "whole [3]", R"(whole "4")"}},
    {"white space between them", concatenated, " {}\n\t[]\r\n", {"whole {}", "whole []"}},
    {"brackets and quotes in strings",
     concatenated,
     R"(["]"]["\""]["\\"][])",
     {R"(whole ["]"])", R"(whole ["\""])", R"(whole ["\\"])", "whole []"}},
    {"a string with an escape at its end", concatenated, R"("\\""\"")", {R"(whole "\\")", R"(whole "\"")"}},
    {"nested", concatenated, R"({"a":[]}[[[]]])", {R"(whole {"a":[]})", "whole [[[]]]"}},
    {"numbers need white space", concatenated, "1 22\n-3.5e2 ", {"whole 1", "whole 22", "whole -3.5e2"}},
    {"or what begins another value",
     concatenated,
     "1{}true[]null\"\"",
     {"whole 1", "whole {}", "whole true", "whole []", "whole null", "whole \"\""}},
    {"the end of the input ends a number", concatenated, "1 23", {"whole 1", "whole 23"}},
    {"a number that has only begun", concatenated, "1 2.", {"whole 1", "ended_inside 2."}},
    {"an object that has only begun", concatenated, R"({}{"a":)", {"whole {}", R"(ended_inside {"a":)"}},
    {"words that run together are none",
     concatenated,
     "truenull\n1 ",
     {"stray truenull (no JSON value begins here)", "whole 1"}},
    {"a log line between messages",
     concatenated,
     "[1]ready\n[2]",
     {"whole [1]", "stray ready (no JSON value begins here)", "whole [2]"}},
    {"a log line at the end", concatenated, "[1]\nbye", {"whole [1]", "stray bye (no JSON value begins here)"}},
    {"a word that is none, at the end", concatenated, "nope", {"stray nope (no JSON value begins here)"}},
    {"exactly at the limit", concatenated, "[12,456][1]", {"whole [12,456]", "whole [1]"}},
    {"one over ends it", concatenated, "[][12,4567][1]", {"whole []", "too_large"}},
    {"a number over the limit", concatenated, "123456789 ", {"too_large"}},
    {"noise over the limit", concatenated, "what is this?\n", {"too_large"}},

    {"two messages",
     content_length,
     "Content-Length: 3\r\n\r\n[1]Content-Length: 2\r\n\r\n{}",
     {"whole [1]", "whole {}"}},
    {"names in any case, other headers",
     content_length,
     "X-A: b\r\ncontent-LENGTH:2\r\nx-c: d\r\n\r\n{}",
     {"whole {}"}},
    {"a content type",
     content_length,
     "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2 \r\n\r\n{}",
     {"whole {}"}},
    {"the content type of old servers",
     content_length,
     "Content-Length: 2\r\nContent-Type: application/json; Charset=\"UTF8\"\r\n\r\n{}",
     {"whole {}"}},
    {"bare newlines", content_length, "Content-Length: 2\n\n{}", {"whole {}"}},
    {"empty lines between messages", content_length, "\r\nContent-Length: 2\r\n\r\n{}\r\n\n", {"whole {}"}},
    {"an empty message", content_length, "Content-Length: 0\r\n\r\n", {"whole "}},
    {"bytes, not characters", content_length, "Content-Length: 4\r\n\r\n\"\xc3\xa9\"", {"whole \"\xc3\xa9\""}},
    {"a log line before a header",
     content_length,
     "listening now\nContent-Length: 2\r\n\r\n{}",
     {"stray listening now (a line that is no header, 'Name: value')", "whole {}"}},
    {"another charset",
     content_length,
     "Content-Type: text/plain; charset=latin1\r\n",
     {"bad at 0: a Content-Type whose charset is not utf-8"}},
    {"no number", content_length, "Content-Length: 2x\r\n\r\n{}", {"bad at 0: a Content-Length that is no number"}},
    {"a negative number",
     content_length,
     "Content-Length: -2\r\n\r\n{}",
     {"bad at 0: a Content-Length that is no number"}},
    {"two lengths",
     content_length,
     "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
     {"bad at 19: two Content-Length headers that differ"}},
    {"the same twice", content_length, "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", {"whole {}"}},
    {"no length", content_length, "A: b\r\n\r\n{}", {"bad at 6: a header without Content-Length"}},
    {"noise inside a header",
     content_length,
     "Content-Length: 2\r\nready to go\r\n\r\n{}",
     {"bad at 19: a line that is no header, 'Name: value'"}},
    {"exactly at the limit", content_length, "Content-Length: 8\r\n\r\n[12,456]", {"whole [12,456]"}},
    {"one over ends it", content_length, "Content-Length: 9\r\n\r\n[12,4567]", {"too_large"}},
    {"beyond all numbers", content_length, "Content-Length: 99999999999999999999999\r\n\r\n", {"too_large"}},
    {"the end inside a message", content_length, "Content-Length: 3\r\n\r\n[1", {"ended_inside [1"}},
    {"the end before a message", content_length, "Content-Length: 3\r\n\r\n", {"ended_inside "}},
    {"the end inside a header", content_length, "Content-Length: 3\r\nConte", {"ended_inside Conte"}},
    {"the end inside the first name", content_length, "Conte", {"ended_inside Conte"}},
    {"a log line at the end", content_length, "good bye", {"stray good bye (a line that is no header, 'Name: value')"}},

    {"two records", record_separator, "\x1e{}\n\x1e[1]\n", {"whole {}", "whole [1]"}},
    {"written over several lines", record_separator, "\x1e{\n}\n\x1e [\n1]\r\n", {"whole {\n}", "whole [\n1]"}},
    {"a number",
     record_separator,
     "\x1e"
     "12\n\x1e"
     "3 \n",
     {"whole 12", "whole 3"}},
    {"a number that was cut short",
     record_separator,
     "\x1e"
     "12\x1e"
     "34\n",
     {"stray 12 (a record that was cut short: the next one begins inside it)", "whole 34"}},
    {"an object without its newline", record_separator, "\x1e{}\x1e[]\n", {"whole {}", "whole []"}},
    {"an object that was cut short",
     record_separator,
     "\x1e{\"a\x1e[]\n",
     {"stray {\"a (a record that was cut short: the next one begins inside it)", "whole []"}},
    {"empty records are nothing", record_separator, "\x1e\x1e\n\x1e[]\n", {"whole []"}},
    {"two values in one record",
     record_separator,
     "\x1e{} {}\n\x1e[]\n",
     {"stray {} {} (a record that is not one JSON value)", "whole []"}},
    {"words that are none",
     record_separator,
     "\x1etru\n\x1ehello\n",
     {"stray tru (a record that is not one JSON value)", "stray hello (a record that is not one JSON value)"}},
    {"a log line before a record",
     record_separator,
     "hi\n\x1e{}\nyo\x1e[]\n",
     {"stray hi (bytes outside of a record)", "whole {}", "stray yo (bytes outside of a record)", "whole []"}},
    {"exactly at the limit", record_separator, "\x1e[12,456]\n", {"whole [12,456]"}},
    {"one over, then the next", record_separator, "\x1e[12,4567]\n\x1e[]\n", {"too_large", "whole []"}},
    {"noise over the limit, then the next",
     record_separator,
     "what is this?\n more\x1e[]\n",
     {"too_large", "whole []"}},
    {"white space over the limit, then the next",
     record_separator,
     "\x1e[]          \n\x1e[]\n",
     {"too_large", "whole []"}},
    {"the end after an object", record_separator, "\x1e{}", {"whole {}"}},
    {"the end after a number",
     record_separator,
     "\x1e"
     "12",
     {"ended_inside 12"}},
    {"the end inside an object", record_separator, "\x1e{", {"ended_inside {"}},
    {"the end after noise", record_separator, "bye", {"stray bye (bytes outside of a record)"}},

    {"bytes, and none", length_prefix, {"\0\0\0\2hi\0\0\0\0", 10}, {"whole hi", "whole "}},
    {"exactly at the limit", length_prefix, {"\0\0\0\b12345678", 12}, {"whole 12345678"}},
    {"one over, then the next", length_prefix, {"\0\0\0\t123456789\0\0\0\2hi", 19}, {"too_large", "whole hi"}},
    {"far over, then the next",
     length_prefix,
     {"\0\0\0\x50"
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890\0\0\0\0",
      88},
     {"too_large", "whole "}},
    {"the end inside one that is over", length_prefix, {"\0\0\0\t12345678", 12}, {"ended_inside 12345678"}},
    {"a length that Node reads as a negative one",
     length_prefix,
     "\x80\x01\x01\x01",
     {"bad at 0: a length of 2 GiB or more: these are not length-prefixed messages"}},
    {"the end inside a message", length_prefix, {"\0\0\0\2h", 5}, {"ended_inside h"}},
    {"the end inside a length", length_prefix, {"\0\0", 2}, {"ended_inside "}},

    {"two messages", delimited, "1\f{}\f", {"whole 1", "whole {}"}},
    {"bytes of any kind, and none", delimited, {"a\n\0\f\f", 5}, {{"whole a\n\0", 9}, "whole "}},
    {"exactly at the limit", delimited, "12345678\f", {"whole 12345678"}},
    {"one over, then the next", delimited, "123456789\f[1]\f", {"too_large", "whole [1]"}},
    {"the end inside a message", delimited, "1\f[1]", {"whole 1", "ended_inside [1]"}},
};

TEST(framings, are_cut_as_the_table_says) {
    for (auto const& line : examples)
        EXPECT_EQ(cut_all(line.frames, line.input, small_limit), line.expected)
            << name_of(line.frames) << ": " << line.what;
}

TEST(framings, delimited_ends_with_the_byte_that_was_chosen) {
    cutter by_nul(delimited, small_limit, '\0');
    EXPECT_EQ(cut_all(delimited, {"a\f\0b\0", 5}, small_limit, {}, &by_nul), (said{"whole a\f", "whole b"}));
}

TEST(framings, chunks_are_what_came_at_once_up_to_the_limit) {
    EXPECT_EQ(cut_all(chunks, "123456789", small_limit, {2}), (said{"whole 12", "whole 3456789"}));
    EXPECT_EQ(cut_all(chunks, "123456789", small_limit), (said{"whole 12345678", "whole 9"}));
}

TEST(framings, are_cut_the_same_wherever_the_bytes_are_cut) {
    for (auto const& line : examples) {
        auto const size = line.input.size();
        for (std::size_t first = 0; first <= size; ++first)
            for (std::size_t second = first; second <= size; ++second)
                ASSERT_EQ(cut_all(line.frames, line.input, small_limit, {first, second}), line.expected)
                    << name_of(line.frames) << ": " << line.what << ", cut at " << first << " and " << second;
    }
}

TEST(framings, are_cut_the_same_byte_by_byte) {
    for (auto const& line : examples) {
        std::vector<std::size_t> every(line.input.size());
        for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
        EXPECT_EQ(cut_all(line.frames, line.input, small_limit, every), line.expected)
            << name_of(line.frames) << ": " << line.what;
    }
}

TEST(framings, refuse_an_endless_header) {
    auto const input = "Content-Length: 2\r\n" + std::string(9000, 'x');
    EXPECT_EQ(cut_all(content_length, input, small_limit), (said{"bad at 19: a header of more than 8192 bytes"}));
    std::string many;
    while (many.size() < 9000) many += "A: b\r\n";
    EXPECT_THAT(cut_all(content_length, many, small_limit).at(0), testing::StartsWith("bad at "));
}

TEST(cutter, counts_bytes_and_lines) {
    cutter lines_cutter(lines, small_limit);
    cut_all(lines, "1\n\n123456789\n4\n", small_limit, {5, 9}, &lines_cutter);
    EXPECT_EQ(lines_cutter.offset(), 15u);
    EXPECT_EQ(lines_cutter.line(), 6u) << "four lines, and two calls of finish";
}

} // namespace
} // namespace parlance::wire
