#include "js/json_reader.hpp"
#include "js/number_text.hpp"
#include "print.hpp"

#include <parlance/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <cmath>

namespace parlance::js {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(numbers, are_printed_as_javascript_does) {
    constexpr struct {
        double n;
        std::string_view text;
    } table[] = {{0, "0"},
                 {-0.0, "0"},
                 {1, "1"},
                 {-1.5, "-1.5"},
                 {0.1, "0.1"},
                 {123456789012345680000.0, "123456789012345680000"},
                 {1e21, "1e+21"},
                 {1.5e21, "1.5e+21"},
                 {0.000001, "0.000001"},
                 {0.0000001, "1e-7"},
                 {-1.25e-7, "-1.25e-7"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {9007199254740993.0, "9007199254740992"},
                 {100, "100"},
                 {12.5, "12.5"},
                 {infinity, "Infinity"},
                 {-infinity, "-Infinity"}};
    for (auto const& row : table) EXPECT_EQ(number_text(row.n), row.text);
    EXPECT_EQ(number_text(std::nan("")), "NaN");
}

TEST(read_json, reads_as_json_parse_does) {
    struct {
        std::string_view text;
        value v;
    } const table[] = {{" [1, -2.5e3 ,true,false,null,\"x\"]\r\n", array{1, -2500, true, false, nullptr, "x"}},
                       {R"({"b":1,"a":{},"0":[],"b":2})", object{{"0", array()}, {"b", 2}, {"a", object()}}},
                       {R"("\"\\\/\b\f\n\r\té€\ud83d\ude00")", "\"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
                       {R"("\ud800x\udc00")", "\xED\xA0\x80x\xED\xB0\x80"},
                       {R"("\ud800\ud83d\ude00")", "\xED\xA0\x80\xF0\x9F\x98\x80"},
                       {"-0", -0.0},
                       {"1e400", infinity},
                       {"-1e400", -infinity},
                       {"1e-400", 0.0},
                       {"-1e-400", -0.0},
                       {"0.00000000001e99999999999999999999", infinity},
                       {"1e-99999999999999999999", 0.0},
                       {"18446744073709551617", 18446744073709551616.0}};
    for (auto const& row : table) EXPECT_EQ(read_json(row.text).read, row.v) << row.text;
}

TEST(read_json, says_where_it_is_no_json) {
    try {
        read_json("{\"a\":\n 1,}");
        FAIL();
    } catch (failure const& fault) {
        EXPECT_STREQ(fault.what(), "message: not JSON at line 2, column 4 (byte 9): expected a name in '\"'");
    }
    EXPECT_THROW(read_json(""), failure);
    EXPECT_THROW(read_json("\"\xFF\""), failure);
    EXPECT_THROW(read_json(std::string(1001, '[')), failure);
}

std::string told(std::vector<loss> const& losses) {
    std::string out;
    for (auto const& [path, what] : losses) out.append(path).append(": ").append(what).append("; ");
    return out;
}

TEST(to_json, writes_what_json_stringify_does_and_tells_the_losses) {
    array named{1, hole};
    named.set_length(3);
    named.properties["total"] = 3;
    struct {
        value v;
        std::string_view json, losses;
    } const table[] = {
        {object{{"b", 1}, {"0", array{true, nullptr, "x\n\x01\""}}}, R"({"0":[true,null,"x\n\u0001\""],"b":1})", ""},
        {object{{"a", undefined}, {"b", undefined}}, "{}", "$.a: undefined is left out; $.b: undefined is left out; "},
        {array{undefined, -0.0, infinity}, "[null,0,null]",
         "$[0]: undefined becomes null; $[1]: -0 becomes 0; $[2]: a number becomes null; "},
        {named, "[1,null,null]",
         "$[1]: a hole becomes null; $[2]: a hole becomes null; $.total: a named property of an array is left out; "},
        {object{{"at", date(0)}, {"no", date()}}, R"({"at":"1970-01-01T00:00:00.000Z","no":null})",
         "$.at: a Date becomes a string; $.no: a Date becomes null; "},
        {array{regexp{"a", ""}, js::map{}, js::set{}, error()}, "[{},{},{},{}]",
         "$[0]: a RegExp becomes {}; $[1]: a Map becomes {}; $[2]: a Set becomes {}; $[3]: an Error becomes {}; "},
        {bytes::buffer(std::string("hi")), R"({"type":"Buffer","data":[104,105]})",
         "$: a Buffer becomes {\"type\":\"Buffer\",\"data\":[…]}; "},
        {bytes{view::int8, "\xFF\x01", {}}, R"({"0":-1,"1":1})", "$: an Int8Array becomes an object; "},
        {bytes{view::array_buffer, "x", {}}, "{}", "$: an ArrayBuffer becomes {}; "},
        {boxed("x"), "\"x\"", "$: a boxed primitive becomes a string; "},
        {"\xED\xA0\x80\xC3\xA9\xED\x9F\xBF", "\"\\ud800\xC3\xA9\xED\x9F\xBF\"", ""},
        {array{object{{"x", 1}}, reference{1}}, R"([{"x":1},{"x":1}])",
         "$[1]: an object in two places is written twice; "},
    };
    for (auto const& row : table) {
        std::vector<loss> losses;
        EXPECT_EQ(to_json(row.v, &losses), row.json);
        EXPECT_EQ(told(losses), row.losses);
    }
}

TEST(to_json, gives_none_for_undefined) {
    std::vector<loss> losses;
    EXPECT_EQ(to_json(value(), &losses), std::nullopt);
    EXPECT_EQ(losses.size(), 1U);
    EXPECT_EQ(to_json_value(value()), std::nullopt);
}

std::string refusal_of(value const& v) {
    try {
        to_json(v);
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::not_json);
        return fault.what();
    }
    return "";
}

TEST(to_json, refuses_bigints_and_cycles_with_the_place) {
    EXPECT_EQ(refusal_of(object{{"n", array{bigint(1)}}}),
              "$.n[0]: a bigint, which JSON has not: make it a string, or use advanced serialization");
    EXPECT_EQ(refusal_of(boxed(bigint(1))),
              "$: a bigint, which JSON has not: make it a string, or use advanced serialization");
    EXPECT_EQ(refusal_of(object{{"self", array{reference{0}}}}), "$.self[0]: a cycle, which JSON has not");
    EXPECT_EQ(refusal_of(array{object{{"x", reference{2}}}, object{{"y", reference{1}}}}),
              "$[0].x.y: a cycle, which JSON has not");
}

TEST(to_json, of_objects_that_double_at_each_step_ends) {
    array list{array{1}};
    for (std::size_t i = 2; i < 80; ++i) list.items.push_back(array{reference{i - 1}, reference{i - 1}});
    EXPECT_NE(refusal_of(list).find("too large for JSON"), std::string::npos);
    array chain{array{1}};
    for (std::size_t i = 2; i < 100'000; ++i) chain.items.push_back(array{reference{i - 1}});
    EXPECT_NE(refusal_of(chain).find("deeper than 1,000 levels"), std::string::npos);
}

TEST(to_json_value, is_the_same_but_for_half_a_surrogate_pair) {
    value const v = object{{"n", array{1, 1.5, 1e300, true, nullptr}}, {"s", "\xED\xA0\x80"}, {"d", date(0)}};
    std::vector<loss> losses;
    EXPECT_EQ(json::serialize(*to_json_value(v, &losses)),
              "{\"n\":[1,1.5E0,1E300,true,null],\"s\":\"\xEF\xBF\xBD\",\"d\":\"1970-01-01T00:00:00.000Z\"}");
    EXPECT_EQ(told(losses), "$.s: half a surrogate pair becomes U+FFFD; $.d: a Date becomes a string; ");
}

} // namespace
} // namespace parlance::js
