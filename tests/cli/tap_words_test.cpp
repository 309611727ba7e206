// What tap makes of bytes: pieces, and what is said of them.
#include "cli/tap_record.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

namespace parlance::cli {

void PrintTo(piece const& one, std::ostream* out) {
    *out << static_cast<int>(one.kind) << " `" << one.text << "` " << one.bytes << " " << one.reason;
}

namespace {

using kind = piece_kind;
constexpr std::size_t limit = 12;

/// The pieces of `bytes`, which come in two reads, cut at `at`.
std::vector<std::pair<kind, std::string>> pieces_of(framing frames, std::string_view bytes, std::size_t at) {
    tap_cutter cutter(frames, limit);
    std::vector<std::pair<kind, std::string>> all;
    std::vector<piece> some;
    auto const keep = [&] {
        for (auto const& each : some) {
            if (each.kind == kind::raw && !all.empty() && all.back().first == kind::broken)
                all.back().second += each.text; // where one ends and the other begins is the read's business
            else
                all.emplace_back(each.kind, each.text);
        }
        some.clear();
    };
    for (auto const part : {bytes.substr(0, at), bytes.substr(at)}) {
        auto const room = cutter.room();
        std::copy(part.begin(), part.end(), room.begin());
        cutter.came(part.size(), some);
        keep();
    }
    cutter.ended(some);
    keep();
    return all;
}

struct talk {
    char const* what;
    framing frames;
    std::string_view bytes;
    std::vector<std::pair<kind, std::string>> pieces;
};

TEST(tap_cutter, cuts_whatever_comes_wherever_the_reads_end) {
    std::string_view const header = "Content-Length: 2\r\n\r\n";
    auto const two_bodies = std::string(header) + "{}log\n" + std::string(header) + "[]";
    auto const broken = std::string(header) + "{}Content-Length: x\r\n\r\n{}";
    talk const talks[] = {
        {"lines, blank ones, and one that is none",
         framing::lines,
         "1\n\n \r\nlog\r\n[2]",
         {{kind::whole, "1"}, {kind::whole, "log"}, {kind::whole, "[2]"}}},
        {"half a line", framing::lines, "1\n[2,", {{kind::whole, "1"}, {kind::half, "[2,"}}},
        {"a line too long, and the next",
         framing::lines,
         "123456789abcdefgh\n1\n",
         {{kind::too_large, ""}, {kind::whole, "1"}}},
        {"values without anything between them",
         framing::concatenated,
         "{}[1]no\n2",
         {{kind::whole, "{}"}, {kind::whole, "[1]"}, {kind::stray, "no"}, {kind::whole, "2"}}},
        {"a body is not looked at",
         framing::content_length,
         two_bodies,
         {{kind::whole, "{}"}, {kind::stray, "log"}, {kind::whole, "[]"}}},
        {"a header that breaks the framing",
         framing::content_length,
         broken,
         {{kind::whole, "{}"}, {kind::broken, "Content-Length: x\r\n\r\n{}"}}},
        {"records",
         framing::record_separator,
         "\x1e{}\nlog\n\x1e[1",
         {{kind::whole, "{}"}, {kind::stray, "log"}, {kind::half, "[1"}}},
        {"nothing", framing::lines, "", {}},
    };
    for (auto const& each : talks)
        for (std::size_t at = 0; at <= each.bytes.size(); ++at)
            EXPECT_EQ(pieces_of(each.frames, each.bytes, at), each.pieces) << each.what << ", cut at " << at;
}

TEST(tap_cutter, counts_all_of_a_message_over_the_limit_that_ends_the_framing) {
    tap_cutter cutter(framing::content_length, limit);
    std::string_view const bytes = "Content-Length: 100\r\n\r\n{";
    std::copy(bytes.begin(), bytes.end(), cutter.room().begin());
    std::vector<piece> all;
    cutter.came(bytes.size(), all);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].kind, kind::too_large);
    auto const room = cutter.room();
    room[0] = 'x';
    all.clear();
    cutter.came(1, all);
    EXPECT_EQ(all, (std::vector<piece>{{kind::raw, "x", 1, {}}}));
}

tap_record record_of(kind what, std::string text, framing frames = framing::lines, std::string_view reason = {}) {
    using namespace std::chrono;
    tap_record one{.kind = what,
                   .time = system_clock::time_point(sys_days(2026y / November / 23) + 16h + 40min + 12s + 123ms),
                   .bytes = text.size(),
                   .text = std::move(text),
                   .reason = reason};
    judge(one, frames);
    return one;
}

TEST(tap_record, is_json_of_one_shape) {
    struct {
        tap_record one;
        std::string_view rest;
    } const records[] = {
        {record_of(kind::whole, "{\"n\": 1e400}"), R"("bytes":12,"message":{"n": 1e400}})"},
        {record_of(kind::whole, "{\n}", framing::content_length), R"("bytes":3,"message":{ }})"},
        {record_of(kind::whole, "log"), R"("bytes":3,"text":"log","kind":"notAMessage"})"},
        {record_of(kind::whole, "log", framing::content_length), R"("bytes":3,"text":"log","kind":"invalidJson"})"},
        {record_of(kind::stray, "1", framing::record_separator, "why"),
         R"("bytes":1,"text":"1","kind":"notAMessage","reason":"why"})"},
        {record_of(kind::half, "[1"), R"("bytes":2,"text":"[1","kind":"endedInsideMessage"})"},
        {record_of(kind::too_large, ""), R"("bytes":0,"text":"","kind":"messageTooLarge"})"},
        {record_of(kind::broken, "x", framing::content_length, "why"),
         R"("bytes":1,"text":"x","kind":"badFrame","reason":"why"})"},
        {record_of(kind::raw, "\x1b\xff"), "\"bytes\":2,\"text\":\"\\u001b\xEF\xBF\xBD\",\"kind\":\"raw\"}"},
    };
    for (auto const& each : records)
        EXPECT_EQ(as_json(each.one, std::chrono::microseconds(12'345)),
                  R"({"time":"2026-11-23T16:40:12.123Z","ms":12.345,"direction":"in",)" + std::string(each.rest));
    auto answer = record_of(kind::whole, "1");
    answer.direction = tap_direction::from_program;
    EXPECT_EQ(boost::json::parse(as_json(answer, {})).at("direction"), "out");
}

/// Without the time of day, which depends on where we are.
std::string words_of(tap_record const& one, std::size_t columns = 0) {
    output const plain(2, color_choice::never);
    return in_words(one, std::chrono::microseconds(12'345), {&plain, columns}).substr(12);
}

TEST(tap_record, is_a_line_that_no_terminal_obeys) {
    EXPECT_EQ(words_of(record_of(kind::whole, "{\"n\":1}")), "     +12.345ms ->       7B  {\"n\":1}");
    struct {
        tap_record one;
        std::string_view text;
    } const records[] = {
        {record_of(kind::whole, "{\n\"a\t\":1}", framing::content_length), "not JSON: {\\n\"a \":1}"},
        {record_of(kind::whole, "{\n\"\xC2\x9B\x7f\":1}", framing::content_length), "{ \"\\u009b\\u007f\":1}"},
        {record_of(kind::whole, "\x1b[2J cl\xff"), "no message: \\u001b[2J cl\xEF\xBF\xBD"},
        {record_of(kind::stray, "1", framing::record_separator, "cut short"), "no message (cut short): 1"},
        {record_of(kind::half, "[1"), "ended inside a message: [1"},
        {record_of(kind::too_large, ""), "over 64 MiB, not shown"},
        {record_of(kind::broken, "x\r\n", framing::content_length, "why"),
         "the framing is broken (why), from here on bytes as they come: x\\u000d\\n"},
        {record_of(kind::raw, "x"), "bytes: x"},
    };
    for (auto const& each : records) EXPECT_EQ(words_of(each.one).substr(28), each.text);
}

TEST(tap_record, is_as_wide_as_the_terminal) {
    auto const longer = record_of(kind::whole, "[\"" + std::string(300, 'x') + "\"]");
    EXPECT_EQ(words_of(longer, 60), "     +12.345ms ->     304B  [\"xxxxxxxxxxxxxxx...");
    EXPECT_EQ(words_of(longer, 10).size(), 28 + 16U) << "where there is hardly any room, something is seen";
    EXPECT_EQ(words_of(longer).size(), 28 + 304U) << "elsewhere, all of it";
}

TEST(tap_summary, tells_what_passed_and_how_it_ended) {
    tap_summary all;
    all.sums = {{{.messages = 1, .others = 0, .bytes = 1}, {.messages = 2, .others = 3, .bytes = 40}}};
    all.end.command = "node child.js";
    all.end.code = 0;
    output const plain(2, color_choice::never);
    EXPECT_EQ(
        in_words(all, {&plain, 0}).substr(13),
        "-> 1 message, 1 byte; <- 2 messages and 3 that are none, 40 bytes; node child.js exited with 0 after 0ms");
    EXPECT_EQ(as_json(all).substr(35),
              R"("end":{"code":0,"signal":null,"duration_ms":0,"in":{"messages":1,"others":0,"bytes":1},)"
              R"("out":{"messages":2,"others":3,"bytes":40},"left_out":0,"output_complete":true}})");
    all.left_out = 7, all.left_open = true;
    EXPECT_TRUE(in_words(all, {&plain, 0})
                    .ends_with("; 7 records left out; node child.js exited with 0 after 0ms; a "
                               "process that it left behind holds its output open"));
}

} // namespace
} // namespace parlance::cli
