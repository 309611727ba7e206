#include "socket/frame.hpp"

#include "socket/outbox.hpp"
#include "socket/reconnect.hpp"
#include "socket/unconfirmed.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace parlance {
namespace {

using enum frame_state;

struct {
    char const* what;
    std::string_view text;
    frame_state state;
    std::string_view type, data;
} const frames[] = {
    {"as node-ipc writes it", R"({"type":"message","data":"hello"})", message, "message", R"("hello")"},
    {"an object", R"({"type":"a","data":{"id":"n","b":[1,null,null]}})", message, "a",
     R"({"id":"n","b":[1,null,null]})"},
    {"a number", R"({"type":"a","data":-1.5e3})", message, "a", "-1.5e3"},
    {"null", R"({"type":"a","data":null})", message, "a", "null"},
    {"a brace in the data's string", R"({"type":"a","data":"}"})", message, "a", R"("}")"},
    {"no data", R"({"type":"a"})", message, "a", ""},
    {"white space", " {\t\"type\" :\n\"a\" , \"data\" : [ 1 ] } ", message, "a", "[ 1 ]"},
    {"the other order", R"({"data":1,"type":"a"})", message, "a", "1"},
    {"more keys", R"({"x":{"type":"no"},"type":"a","y":[],"data":1,"z":null})", message, "a", "1"},
    {"a key twice: the last", R"({"type":"a","data":1,"type":"b","data":2})", message, "b", "2"},
    {"an escaped key", R"({"ty\u0070e":"a","data":1})", message, "a", "1"},
    {"an escaped type", R"({"type":"\"\u20ac\"","data":1})", message, R"(\"\u20ac\")", "1"},
    {"a type of other letters", R"({"type":"€","data":1})", message, "€", "1"},
    {"an empty type", R"({"type":"","data":1})", message, "", "1"},
    {"a type that is a number", R"({"type":5,"data":1})", message, "5", "1"},
    {"a type that is null", R"({"type":null,"data":1})", message, "null", "1"},
    {"a type that is an object", R"({"type":{"a":1},"data":1})", message, "", "1"},
    {"a number alone", "5", message, "", ""},
    {"an empty array", "[]", message, "", ""},
    {"an empty object", "{}", message, "", ""},
    {"an empty object with space", " { } ", message, "", ""},
    {"a string alone", R"("s")", message, "", ""},
    {"null alone", "null", null, "", ""},
    {"no JSON", "nope", not_json, "", ""},
    {"nothing", "", not_json, "", ""},
    {"data that is none", R"({"type":"a","data":nope})", not_json, "", ""},
    {"data that ends early", R"({"type":"a","data":[1})", not_json, "", ""},
    {"a brace too many", R"({"type":"a","data":1}})", not_json, "", ""},
    {"two values", R"({"type":"a","data":1}{"type":"a","data":1})", not_json, "", ""},
    {"not closed", R"({"type":"a","data":1)", not_json, "", ""},
};

TEST(open_frame, finds_type_and_data_as_the_table_says) {
    for (auto const& line : frames) {
        auto const got = open_frame(line.text);
        EXPECT_EQ(got.state, line.state) << line.what;
        EXPECT_EQ(got.type.of(line.text), line.type) << line.what;
        EXPECT_EQ(got.data.of(line.text), line.data) << line.what;
    }
}

struct {
    std::string_view data, name;
} const named[] = {
    {R"({"id":"world","message":"hi"})", R"("world")"},
    {R"({"message":"hi","id":7})", "7"},
    {R"({"id":[1,"a"]})", R"([1,"a"])"},
    {R"({"id":0})", ""},
    {R"({"id":-0.0e5})", ""},
    {R"({"id":0.5})", "0.5"},
    {R"({"id":""})", ""},
    {R"({"id":null})", ""},
    {R"({"id":false})", ""},
    {R"({"id":true})", "true"},
    {R"({"a":{"id":1}})", ""},
    {R"("id")", ""},
    {R"({"x":0, "id" : 1 })", "1"},
    {R"({"id":1,"id":2})", "2"},
    {"[]", ""},
    {"", ""},
};

TEST(name_in, is_what_javascript_calls_true) {
    for (auto const& line : named) EXPECT_EQ(name_in(line.data), line.name) << line.data;
}

TEST(make_frame, writes_as_node_ipc_does) {
    EXPECT_EQ(make_frame("message", R"("hello")"), R"({"type":"message","data":"hello"})");
    EXPECT_EQ(make_frame("a\"b\n€", "{}"), "{\"type\":\"a\\\"b\\n€\",\"data\":{}}");
}

TEST(why_no_type, refuses_what_kills_node_ipc_10) {
    for (auto const* type : {"", "constructor", "__proto__", "toString"}) EXPECT_NE(why_no_type(type), "") << type;
    for (auto const* type : {"message", "connect", "a b"}) EXPECT_EQ(why_no_type(type), "") << type;
}

using namespace std::chrono_literals;

TEST(reconnect_plan, counts_as_node_ipc_does) {
    reconnect_plan two({.first = 100ms}, 2);
    EXPECT_EQ(two.ended(0), 100ms); // after the first attempt failed
    EXPECT_EQ(two.ended(0), 100ms);
    EXPECT_EQ(two.ended(0), std::nullopt);
    two.connected(); // each success gives all of them back
    EXPECT_EQ(two.ended(0), 100ms);
    EXPECT_EQ(two.ended(0), 100ms);
    EXPECT_EQ(two.ended(0), std::nullopt);
    reconnect_plan never({.first = 100ms}, 0);
    EXPECT_EQ(never.ended(0), std::nullopt);
    reconnect_plan always({.first = 100ms}, UINT64_MAX);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(always.ended(0), 100ms);
    reconnect_plan growing({.first = 100ms, .most = 1s}, UINT64_MAX);
    EXPECT_EQ(growing.ended(0), 100ms);
    EXPECT_EQ(growing.ended(0), 200ms);
    growing.connected();
    EXPECT_EQ(growing.ended(0), 100ms);
}

TEST(outbox, keeps_the_order_and_its_limit) {
    outbox box(10);
    EXPECT_TRUE(box.has_room_for(10));
    EXPECT_FALSE(box.has_room_for(11));
    box.push(parlance::message("cccc"));
    box.push(parlance::message("dddd"));
    EXPECT_FALSE(box.has_room_for(3));
    std::vector<parlance::message> back;
    back.emplace_back("aaaa");
    back.emplace_back("bbbb");
    box.put_back(std::move(back)); // over the limit: they were accepted
    EXPECT_EQ(box.bytes(), 16u);
    EXPECT_EQ(box.front().text(), "aaaa");
    box.pop(4);
    std::string rest;
    for (auto const& each : box.take_all()) rest += each.text();
    EXPECT_EQ(rest, "bbbbccccdddd");
    EXPECT_TRUE(box.empty());
    EXPECT_EQ(box.bytes(), 0u);
}

TEST(unconfirmed_count, tells_what_may_not_have_arrived) {
    unconfirmed_count count;
    EXPECT_TRUE(count.broke(0).empty());
    for (std::uint64_t i = 1; i <= 10; ++i) EXPECT_EQ(count.accepted(), i);
    count.confirm(4);
    EXPECT_EQ(count.broke(3), (message_range{5, 7})); // 8 to 10 wait for the next connection
    EXPECT_TRUE(count.broke(3).empty());              // nothing was written to that one
    EXPECT_EQ(count.broke(0), (message_range{8, 10}));
    count.confirm(99); // more than there are
    EXPECT_EQ(count.accepted(), 11u);
    EXPECT_EQ(count.broke(0), (message_range{11, 11}));
}

} // namespace
} // namespace parlance
