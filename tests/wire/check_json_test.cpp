#include "wire/check_json.hpp"

#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace parlance::wire {
namespace json = boost::json;
namespace {

struct {
    std::string_view text;
    json_check expected;
} const table[] = {
    {R"({"a":[1,-2.5e+3,true,false,null,"x\n\u00e9"],"b":{}})", {}},
    {" \t\r\n[ ] ", {}},
    {R"("\ud800")", {}}, // RFC 8259, section 8.2: allowed by the grammar
    {"\"\xf0\x9f\x98\x80 \xed\x9f\xbf \xee\x80\x80\"", {}},
    {"", {json_state::cut_short, 0, "a value"}},
    {"{", {json_state::cut_short, 1, "a name in '\"' or '}'"}},
    {"[1", {json_state::cut_short, 2, "',' or ']'"}},
    {"[1,", {json_state::cut_short, 3, "a value"}},
    {R"({"a")", {json_state::cut_short, 4, "':'"}},
    {R"({"a":)", {json_state::cut_short, 5, "a value"}},
    {R"("abc)", {json_state::cut_short, 4, "the end of the string"}},
    {R"("ab\)", {json_state::cut_short, 4, "the rest of an escape"}},
    {R"("\u12)", {json_state::cut_short, 5, "four hexadecimal digits"}},
    {"\"\xe2\x82", {json_state::cut_short, 3, "UTF-8"}},
    {"-", {json_state::cut_short, 1, "a digit"}},
    {"1.", {json_state::cut_short, 2, "a digit"}},
    {"1e+", {json_state::cut_short, 3, "a digit of the exponent"}},
    {"tru", {json_state::cut_short, 3, "'true', 'false' or 'null'"}},
    {"[info] started", {json_state::invalid, 1, "a value"}},
    {"{\"a\":1} {", {json_state::invalid, 8, "the end of the text"}},
    {"{a:1}", {json_state::invalid, 1, "a name in '\"' or '}'"}},
    {"{\"a\" 1}", {json_state::invalid, 5, "':'"}},
    {"{\"a\":1]", {json_state::invalid, 6, "',' or '}'"}},
    {"{\"a\":1,}", {json_state::invalid, 7, "a name in '\"'"}},
    {"[1,]", {json_state::invalid, 3, "a value"}},
    {"[1}", {json_state::invalid, 2, "',' or ']'"}},
    {"nan", {json_state::invalid, 1, "'true', 'false' or 'null'"}},
    {"+1", {json_state::invalid, 0, "a value"}},
    {"01", {json_state::invalid, 1, "no digit behind a leading 0"}},
    {R"("\x")", {json_state::invalid, 2, "one of \" \\ / b f n r t u behind a backslash"}},
    {"\"a\nb\"", {json_state::invalid, 2, "an escape for a control character"}},
    {"\"\xc0\x80\"", {json_state::invalid, 1, "UTF-8"}},         // overlong
    {"\"\xed\xa0\x80\"", {json_state::invalid, 1, "UTF-8"}},     // a surrogate in UTF-8
    {"\"\xf4\x90\x80\x80\"", {json_state::invalid, 1, "UTF-8"}}, // behind U+10FFFF
};

TEST(check_json, says_what_is_wrong_and_where) {
    for (auto const& line : table) {
        auto const got = check_json(line.text);
        EXPECT_EQ(got.state, line.expected.state) << line.text;
        EXPECT_EQ(got.at, line.expected.at) << line.text;
        EXPECT_EQ(got.expected, line.expected.expected) << line.text;
    }
}

TEST(check_json, is_the_same_with_readable_bytes_behind_the_text) {
    for (auto const& line : table) {
        auto const padded = std::string(line.text) + std::string("\"}]{0\\") + std::string(58, '"');
        auto const got = check_json(std::string_view(padded).substr(0, line.text.size()), 64);
        EXPECT_EQ(got, line.expected) << line.text;
    }
}

TEST(check_json, calls_every_beginning_of_a_value_cut_short) {
    std::string const whole =
        R"({"key":["\u00e9\\ a long string of more than sixteen bytes é",[{"x":-1.5e-7}],true,null]})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(check_json(std::string_view(whole).substr(0, size)).state, json_state::cut_short) << size;
    EXPECT_TRUE(is_json(whole));
}

TEST(check_json, refuses_what_is_deeper_than_a_thousand) {
    EXPECT_TRUE(is_json(std::string(1000, '[') + std::string(1000, ']')));
    EXPECT_EQ(check_json(std::string(1001, '[')).state, json_state::invalid);
}

// Boost.JSON is the second opinion: on random damage both say the same.
TEST(check_json, agrees_with_boost_json_on_damaged_texts) {
    std::string const seed = R"({"k":[1,-2.5e3,"a\"\\é",{"t":true,"n":null}],"long":"0123456789abcdefghij"} )";
    std::string const bytes = "{}[]\",:\\ue0.+-1atn \n\x01\x80\xc3\xe2\xff";
    std::mt19937 random(7);
    json::parse_options options;
    options.max_depth = depth_limit;
    for (int round = 0; round < 20000; ++round) {
        auto text = seed;
        for (auto damage = random() % 3; damage > 0; --damage) {
            auto const at = random() % text.size();
            switch (random() % 3) {
            case 0: text[at] = bytes[random() % bytes.size()]; break;
            case 1: text.erase(at, 1 + random() % 4); break;
            default: text.insert(at, 1, bytes[random() % bytes.size()]); break;
            }
        }
        json::error_code error;
        json::parse(text, error, {}, options);
        EXPECT_EQ(is_json(text), !error) << text << ": " << error.message();
    }
}

} // namespace
} // namespace parlance::wire
