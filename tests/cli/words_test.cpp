// The pure parts of the command: how values are read and how output is made.
#include "cli/confirm.hpp"
#include "cli/json_line.hpp"
#include "cli/message_argument.hpp"
#include "cli/output.hpp"
#include "cli/printable.hpp"
#include "cli/table.hpp"
#include "cli/values.hpp"

#include <gtest/gtest.h>

namespace parlance::cli {
namespace {

TEST(color, is_where_it_is_wanted) {
    using enum color_choice;
    EXPECT_TRUE(wants_color(automatic, nullptr, "xterm", true));
    EXPECT_TRUE(wants_color(automatic, "", "xterm", true)) << "NO_COLOR counts only when it is not empty";
    EXPECT_FALSE(wants_color(automatic, "1", "xterm", true));
    EXPECT_FALSE(wants_color(automatic, nullptr, "dumb", true));
    EXPECT_FALSE(wants_color(automatic, nullptr, "xterm", false));
    EXPECT_TRUE(wants_color(always, "1", "dumb", false)) << "who says so gets it";
    EXPECT_FALSE(wants_color(never, nullptr, "xterm", true));
}

TEST(json_line, keeps_order_and_spelling) {
    json_line line;
    line.text("id", "a\"b").json("message", "{\"n\":\n 1e400}").number("rc", std::uint64_t{1});
    line.null("group").yes_no("ok", true);
    EXPECT_EQ(line.str(), R"({"id":"a\"b","message":{"n":  1e400},"rc":1,"group":null,"ok":true})");
    EXPECT_EQ(json_line().str(), "{}");
}

constexpr std::string_view wrong = "\xEF\xBF\xBD";

TEST(valid_utf8, replaces_what_is_wrong) {
    struct {
        std::string_view bytes;
        std::size_t replaced;
        std::string_view rest;
    } const texts[] = {
        {"plain", 0, "plain"},
        {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", 0, "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"\xFFz", 1, "z"},
        {"\xC0\xAF", 2, ""},
        {"\xE2\x82", 1, ""},
        {"\xE2\x82z", 1, "z"},
        {"\xED\xA0\x80", 3, ""},
        {"\xF4\x90\x80\x80", 4, ""},
    };
    for (auto const& each : texts) {
        std::string expected;
        for (std::size_t i = 0; i < each.replaced; ++i) expected += wrong;
        EXPECT_EQ(valid_utf8(each.bytes), expected.append(each.rest)) << each.bytes;
    }
}

TEST(table, stands_in_columns) {
    table const shown{
        .headings = {"QUEUE", "WAITING"}, .right = {false, true}, .rows = {{"jobs", "12"}, {"n\xC3\xA4mes", "3"}}};
    EXPECT_EQ(shown.str(), "QUEUE  WAITING\njobs        12\nn\xC3\xA4mes        3\n");
    EXPECT_EQ(width("\x1b[1mbold\x1b[0m"), 4u);
}

TEST(beginning, is_cut_at_a_character) {
    EXPECT_EQ(beginning("short", 5), "short");
    EXPECT_EQ(beginning("longer", 5), "lo...");
    EXPECT_EQ(beginning("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 4), "\xC3\xA4...");
}

TEST(wrapped, breaks_between_words) {
    EXPECT_EQ(wrapped("one two three", 9, 2), "one two\n  three");
    EXPECT_EQ(wrapped("", 9, 2), "");
    EXPECT_EQ(wrapped("unbreakable-word x", 8, 0), "unbreakable-word\nx");
}

TEST(excerpt, puts_the_caret_under_the_place) {
    EXPECT_EQ(excerpt("{\"a\": 1,}", 1, 9), "  {\"a\": 1,}\n          ^\n");
    EXPECT_EQ(excerpt("[1,\n 2 3]\n", 2, 4), "   2 3]\n     ^\n");
    EXPECT_EQ(excerpt("\xC3\xA9x", 1, 3), "  \xC3\xA9x\n   ^\n") << "columns are bytes, carets are characters";
    EXPECT_EQ(excerpt("", 1, 1), "  \n  ^\n");
    EXPECT_EQ(excerpt("[1,", 1, 4), "  [1,\n     ^\n");
    auto const cut = excerpt(std::string(500, 'x') + "!" + std::string(500, 'y'), 1, 501);
    EXPECT_LT(cut.find('\n'), 100u);
    EXPECT_EQ(cut.find('!') + cut.find('\n') + 1, cut.find('^')) << cut;
}

TEST(messages, are_kept_byte_for_byte) {
    using list = std::vector<std::string>;
    EXPECT_EQ(messages_in(" {\"n\": 1.0e1}\n", false, false, "x").texts, list{"{\"n\": 1.0e1}"});
    EXPECT_EQ(messages_in("a\n", true, false, "x").texts, list{"a\n"});
    EXPECT_EQ(messages_in("1\r\n\n 2 \n3", false, true, "x").texts, (list{"1", "2", "3"}));
    EXPECT_EQ(messages_in("a\r\n\nb\n", true, true, "x").texts, (list{"a\r", "", "b"}));
    EXPECT_EQ(messages_in("", true, true, "x").texts, list{});
}

TEST(messages, of_lines_know_their_lines) {
    EXPECT_EQ(messages_in("1\n\n2\n", false, true, "x").lines, (std::vector<std::size_t>{1, 3}));
    EXPECT_EQ(messages_in("a\n\nb\n", true, true, "x").lines, (std::vector<std::size_t>{1, 2, 3}));
}

TEST(messages, that_are_not_json_say_what_is_wrong) {
    struct {
        std::string_view json, says;
    } const texts[] = {
        {"{\"a\":1,}", "not JSON: expected a name in double quotes, found '}'; the comma before it is one too many"},
        {"[1, ]", "not JSON: expected a value, found ']'; the comma before it is one too many"},
        {"{a:1}", "not JSON: expected a name in double quotes or '}', found 'a'"},
        {"['a']", "not JSON: expected a value, found a single quote; strings and names stand in double quotes"},
        {"{\"a\":1", "not JSON: expected ',' or '}', found the end of the text"},
        {"[1 2]", "not JSON: expected ',' or ']', found '2'"},
        {"1 \xC3\xA4", "not JSON: expected the end of the text, found '\xC3\xA4'"},
        {"\"a\nb\"", "not JSON: expected an escape for a control character, found the end of the line"},
        {"]", "not JSON: expected a value, found ']'"},
    };
    for (auto const& each : texts) try {
            checked_json(each.json, "x");
            ADD_FAILURE() << each.json;
        } catch (problem const& told) {
            EXPECT_EQ(told.message, each.says) << each.json;
        }
}

TEST(printable, leaves_a_terminal_alone) {
    EXPECT_EQ(printable("plain \xC3\xA4\n\ttext"), "plain \xC3\xA4\n\ttext");
    EXPECT_EQ(printable("a\x1b[31m\r\x7f"), "a\\u001b[31m\\u000d\\u007f");
    EXPECT_EQ(printable("\xC2\x9b\xC2\xA0"), "\\u009b\xC2\xA0") << "the short form of ESC [";
    EXPECT_EQ(printable(std::string_view("\0\xFF", 2)), "\\u0000\xEF\xBF\xBD");
}

TEST(messages, that_are_not_json_say_where) {
    try {
        messages_in("1\n\n {\"a\" 1}\n", false, true, "standard input");
        FAIL();
    } catch (problem const& told) {
        EXPECT_EQ(told.code, "invalidJson");
        EXPECT_EQ(told.place, "line 3, column 7");
        EXPECT_EQ(told.excerpt, "   {\"a\" 1}\n        ^\n");
    }
    EXPECT_THROW(messages_in(" \n", false, false, "x"), problem);
    EXPECT_THROW(messages_in("\xFF", false, false, "x"), problem);
}

template <class Call> std::string fault_of(Call call) {
    try {
        call();
    } catch (failure const& fault) {
        return std::string(name_of(fault.code())) + ": " + fault.message();
    } catch (problem const& told) {
        return told.code + ": " + told.message;
    }
    return "none";
}

TEST(values, of_queues_are_refused_in_rsmqs_words) {
    for (auto const* text : {"soon", "-1", "", "10000000", "116d"})
        EXPECT_EQ(fault_of([&] { queue_seconds("vt", text, true); }), "invalidValue: vt must be between 0 and 9999999")
            << text;
    EXPECT_EQ(fault_of([&] { queue_seconds("delay", "1.5", true); }),
              "invalidValue: delay must be between 0 and 9999999");
    EXPECT_EQ(queue_seconds("delay", "1.5", false), milliseconds(1500));
    EXPECT_EQ(queue_seconds("vt", "9999999", true), std::chrono::seconds(9999999));
    for (auto const* text : {"1023", "65537", "big", "-2", ""})
        EXPECT_EQ(fault_of([&] { queue_maxsize(text); }), "invalidValue: maxsize must be between 1024 and 65536")
            << text;
    EXPECT_EQ(queue_maxsize("unlimited"), -1);
    EXPECT_EQ(queue_maxsize("64KiB"), 65536);
    EXPECT_EQ(fault_of([] { queue_number("count", "0", 1, 10); }), "invalidValue: count must be between 1 and 10");
    EXPECT_EQ(queue_backoff("1s..5m"), (parlance::backoff{milliseconds(1000), milliseconds(300'000)}));
    EXPECT_EQ(queue_backoff("10s"), (parlance::backoff{milliseconds(10'000), milliseconds(10'000)}));
    for (auto const* text : {"5m..1s", "..", "1s..", "..1s", "1s..2s..3s", "x"})
        EXPECT_NE(fault_of([&] { queue_backoff(text); }), "none") << text;
}

TEST(values, of_other_commands_are_usage) {
    EXPECT_EQ(fault_of([] { duration_value("--timeout", "soon"); }), "usage: --timeout is a duration, not `soon`");
    EXPECT_EQ(fault_of([] { size_value("--max-buffer", "big"); }), "usage: --max-buffer is a size, not `big`");
}

TEST(yes, is_said_in_four_ways) {
    for (auto const* yes : {"y", "Y", "yes", "Yes"}) EXPECT_TRUE(means_yes(yes)) << yes;
    for (auto const* no : {"", "n", "no", "yep", " y"}) EXPECT_FALSE(means_yes(no)) << no;
}

} // namespace
} // namespace parlance::cli
