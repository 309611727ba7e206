#include "print.hpp"

#include <parlance/error.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <cmath>

namespace parlance::js {
namespace {

TEST(tagged_json, says_what_json_cannot) {
    error wrong("TypeError", "bad");
    wrong.stack = "S";
    wrong.cause = std::make_unique<value>(bigint(1));
    array named{1, hole};
    named.properties["4000000"] = 2;
    named.properties["total"] = 3;
    array long_one{1};
    long_one.set_length(1002);
    array short_one{1};
    short_one.set_length(3);
    struct {
        value v;
        std::string_view text;
    } const table[] = {
        {undefined, R"({"$undefined":true})"},
        {bigint(-12), R"({"$bigint":"-12"})"},
        {array{std::nan(""), INFINITY, -INFINITY, -0.0, 1.5},
         R"([{"$number":"NaN"},{"$number":"Infinity"},{"$number":"-Infinity"},{"$number":"-0"},1.5])"},
        {date(1767323045678), R"({"$date":"2026-01-02T03:04:05.678Z"})"},
        {date(), R"({"$date":null})"},
        {regexp{"a\"", "gi"}, R"({"$regexp":["a\"","gi"]})"},
        {js::map{{{1, "a"}, {object(), nullptr}}}, R"({"$map":[[1,"a"],[{},null]]})"},
        {js::set{{1, "a"}}, R"({"$set":[1,"a"]})"},
        {wrong, R"({"$error":{"name":"TypeError","message":"bad","stack":"S","cause":{"$bigint":"1"}}})"},
        {error(), R"({"$error":{"name":"Error"}})"},
        {bytes::buffer(std::string("hi!?")), R"({"$bytes":["Buffer","aGkhPw=="]})"},
        {bytes{view::array_buffer, "abc", 9}, R"({"$bytes":["ArrayBuffer","YWJj",9]})"},
        {boxed(true), R"({"$boxed":true})"},
        {boxed(bigint(5)), R"({"$boxed":{"$bigint":"5"}})"},
        {array{object(), reference{1}, reference{0}}, R"([{},{"$ref":1},{"$ref":0}])"},
        {array{hole, 1}, R"([{"$hole":true},1])"},
        {object{{"$x", 1}}, R"({"$object":{"$x":1}})"},
        {object{{"$object", object{{"$ref", 1}}}}, R"({"$object":{"$object":{"$object":{"$ref":1}}}})"},
        {object{{"$x", 1}, {"y", 2}}, R"({"$x":1,"y":2})"},
        {named, R"({"$array":{"0":1,"4000000":2,"total":3,"length":4000001}})"},
        {long_one, R"({"$array":{"0":1,"length":1002}})"},
        {short_one, R"([1,{"$hole":true},{"$hole":true}])"},
        {"\xED\xA0\x80", R"("\ud800")"},
    };
    for (auto const& row : table) {
        EXPECT_EQ(to_tagged_json(row.v), row.text);
        EXPECT_EQ(from_tagged_json(row.text), row.v) << row.text;
        if (row.text != R"("\ud800")") {
            EXPECT_EQ(from_tagged_json(json::parse(row.text)), row.v) << row.text;
        }
    }
}

TEST(tagged_json, does_not_count_regular_expressions) {
    value const v = array{regexp{"a", ""}, object(), reference{1}, reference{2}};
    constexpr auto text = R"([{"$regexp":["a",""]},{},{"$regexp":["a",""]},{"$ref":1}])";
    EXPECT_EQ(to_tagged_json(v), text);
    EXPECT_EQ(from_tagged_json(text), value(array{regexp{"a", ""}, object(), regexp{"a", ""}, reference{2}}));
}

TEST(tagged_json, puts_the_flags_of_a_regular_expression_in_order) {
    EXPECT_EQ(from_tagged_json(R"({"$regexp":["a","yg"]})"), value(regexp{"a", "gy"}));
}

TEST(tagged_json, writes_large_bigints_in_hexadecimal) {
    bigint const large(true, std::vector<std::uint64_t>(2000, 1));
    auto const text = to_tagged_json(large);
    EXPECT_TRUE(text.starts_with(R"({"$bigint":"-0x1)"));
    EXPECT_EQ(from_tagged_json(text), value(large));
}

TEST(tagged_json, that_means_nothing_is_refused_with_the_place) {
    constexpr struct {
        std::string_view text, fault;
    } table[] = {
        {R"({"a":[{"$what":1}]})",
         "$.a[0].$what: an unknown form: a plain object whose only name begins with $ is written {\"$object\":{…}}"},
        {R"({"$bigint":12})", "$.$bigint: a number, not a string"},
        {R"({"$bigint":"x"})", "$.$bigint: no whole number: write it as -12 or 0xff"},
        {R"({"$number":"1"})", "$.$number: not NaN, Infinity, -Infinity or -0"},
        {R"({"$date":"yesterday"})", "$.$date: no date: write it as 2026-01-02T03:04:05.678Z"},
        {R"({"$undefined":false})", "$.$undefined: false, not true"},
        {R"({"$hole":true})", "$: a hole outside an array"},
        {R"({"a":{"$hole":true}})", "$.a: a hole outside an array"},
        {R"({"$map":[[1]]})", "$.$map[0]: not [key, value]"},
        {R"({"$set":{}})", "$.$set: an object, not an array"},
        {R"({"$error":{"code":1}})", "$.$error.code: a part that no $error has: name, message, stack and cause"},
        {R"({"$bytes":["Blob",""]})",
         "$.$bytes: an unknown kind of bytes: Buffer, ArrayBuffer, DataView, Uint8Array, …"},
        {R"({"$bytes":["Buffer","a"]})", "$.$bytes: not base64"},
        {R"({"$bytes":["Buffer","YR=="]})", "$.$bytes: not base64"},
        {R"({"$bytes":["Int16Array","YQ=="]})", "$.$bytes: no whole number of elements"},
        {R"({"$bytes":["Buffer","YQ==",9]})", "$.$bytes: not the size to which an ArrayBuffer can grow"},
        {R"({"$boxed":null})", "$.$boxed: null cannot be boxed: box a boolean, a number, a string or a bigint"},
        {R"([{"$ref":1}])",
         "$[0].$ref: no object of that number has begun here: they are counted from 0, the whole message first"},
        {R"([{"$ref":0.5}])",
         "$[0].$ref: no object of that number has begun here: they are counted from 0, the whole message first"},
        {R"({"b":{},"1":{},"c":{"$ref":1}})",
         "$.c.$ref: beside a $ref, names like array indexes must stand first in their objects, ascending"},
        {R"({"$array":{"5":1,"length":2}})",
         "$.$array: an array needs a length that its items fit in: \"length\": a whole number"},
        {R"({"$regexp":["a","gg"]})",
         "$.$regexp: flags that no RegExp has: each of dgimsuvy at most once, u and v not both"},
        {R"({"$regexp":"a"})", "$.$regexp: a string, not an array"},
    };
    for (auto const& row : table) {
        try {
            from_tagged_json(row.text);
            ADD_FAILURE() << row.text;
        } catch (failure const& fault) {
            EXPECT_EQ(std::string_view(fault.what()), row.fault);
            EXPECT_EQ(fault.code(), errc::invalid_argument);
        }
        try {
            from_tagged_json(json::parse(row.text));
            ADD_FAILURE() << row.text;
        } catch (failure const& fault) {
            EXPECT_EQ(std::string_view(fault.what()), row.fault);
        }
    }
}

TEST(tagged_json, deeper_than_json_may_be_is_refused) {
    value v = 1;
    for (int i = 0; i < 334; ++i) v = js::map{{{"k", std::move(v)}}};
    EXPECT_THROW(to_tagged_json(v), failure);
    auto const& inner = v.as<js::map>().entries[0].second;
    EXPECT_EQ(from_tagged_json(to_tagged_json(inner)), inner);
}

} // namespace
} // namespace parlance::js
