// The objects of JSON-RPC, as docs/rpc.md has them: tables.
#include "rpc/envelope.hpp"

#include <gtest/gtest.h>

namespace parlance {
namespace {

using kind = envelope_kind;

constexpr struct {
    char const* what;
    std::string_view text;
    envelope_kind is;
    std::string_view id{}, method{}, params{}, body{};
} objects[] = {
    {"a request", R"({"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]})", kind::request, "1", "add", "[1,2]"},
    {"in any order, with space", "{ \"params\" : {\"a\": 1.50} ,\"id\":\"x\", \"method\":\"m\",\"jsonrpc\": \"2.0\" } ",
     kind::request, "\"x\"", "m", "{\"a\": 1.50}"},
    {"without params", R"({"jsonrpc":"2.0","id":1,"method":"m"})", kind::request, "1", "m"},
    {"params of null are none", R"({"jsonrpc":"2.0","id":1,"method":"m","params":null})", kind::request, "1", "m"},
    {"an id of null is an id", R"({"jsonrpc":"2.0","id":null,"method":"m"})", kind::request, "null", "m"},
    {"an id with a fraction", R"({"jsonrpc":"2.0","id":-1.5e3,"method":"m"})", kind::request, "-1.5e3", "m"},
    {"a notification", R"({"jsonrpc":"2.0","method":"m","params":{}})", kind::notification, "", "m", "{}"},
    {"escapes in a name", R"({"jsonrpc":"2.0","m\u0065thod":"a\"\u00e9"})", kind::notification, "", "a\"é"},
    {"brackets in strings", R"({"jsonrpc":"2.0","method":"}]","params":["}","\\\""]})", kind::notification, "", "}]",
     R"(["}","\\\""])"},
    {"half a surrogate pair in a name", R"({"jsonrpc":"2.0","\ud800":1,"method":"m\ud800"})", kind::notification, "",
     "m\\ud800"},
    {"members that are not known", R"({"jsonrpc":"2.0","method":"m","meta":{"id":7},"x":[1]})", kind::notification, "",
     "m"},
    {"of two with one name the last counts", R"({"jsonrpc":"2.0","method":"a","method":"b"})", kind::notification, "",
     "b"},

    {"not JSON", R"({"jsonrpc":"2.0","method":"foobar,"params":"bar","baz])", kind::not_json},
    {"nothing", "", kind::not_json},
    {"a number for a method", R"({"jsonrpc":"2.0","method":1,"params":"bar"})", kind::invalid},
    {"the id of an invalid request", R"({"jsonrpc":"2.0","id":7,"method":1})", kind::invalid, "7"},
    {"an id that is an object", R"({"jsonrpc":"2.0","id":{},"method":"m"})", kind::invalid},
    {"an id that is true", R"({"jsonrpc":"2.0","id":true,"method":"m"})", kind::invalid},
    {"no version", R"({"id":1,"method":"m"})", kind::invalid, "1"},
    {"another version", R"({"jsonrpc":"1.0","id":1,"method":"m"})", kind::invalid, "1"},
    {"a version that is a number", R"({"jsonrpc":2.0,"id":1,"method":"m"})", kind::invalid, "1"},
    {"params that are a string", R"({"jsonrpc":"2.0","id":1,"method":"m","params":"bar"})", kind::invalid, "1"},
    {"a log line", R"({"level":30,"msg":"listening"})", kind::invalid},
    {"a number", "42", kind::invalid},
    {"a string", "\"hello\"", kind::invalid},
    {"null", "null", kind::invalid},
    {"an empty object", "{}", kind::invalid},

    {"a result", R"({"jsonrpc":"2.0","id":3,"result":{"a":12345678901234567890}})", kind::result, "3", "", "",
     R"({"a":12345678901234567890})"},
    {"a result of null", R"({"jsonrpc":"2.0","id":3,"result":null})", kind::result, "3", "", "", "null"},
    {"a reply of version 1", R"({"id":3,"result":5,"error":null})", kind::result, "3", "", "", "5"},
    {"an error", R"({"jsonrpc":"2.0","id":3,"error":{"code":1}})", kind::error, "3", "", "", R"({"code":1})"},
    {"an error with a result of null", R"({"id":3,"result":null,"error":{"code":1}})", kind::error, "3", "", "",
     R"({"code":1})"},
    {"an error whose id is null", R"({"jsonrpc":"2.0","id":null,"error":{}})", kind::error, "null", "", "", "{}"},
    {"an error without an id", R"({"jsonrpc":"2.0","error":{}})", kind::error, "null", "", "", "{}"},
    {"both", R"({"jsonrpc":"2.0","id":3,"result":1,"error":{}})", kind::bad_reply, "3"},
    {"neither", R"({"jsonrpc":"2.0","id":3})", kind::bad_reply, "3"},
};

TEST(rpc_envelope, is_read_as_the_table_says) {
    for (auto const& row : objects) {
        auto const opened = open_message(row.text);
        ASSERT_EQ(opened.all.size(), 1u) << row.what;
        auto const& got = opened.all.front();
        EXPECT_FALSE(opened.is_batch) << row.what;
        EXPECT_EQ(got.kind, row.is) << row.what;
        EXPECT_EQ(got.id, row.id) << row.what;
        EXPECT_EQ(got.method, row.method) << row.what;
        EXPECT_EQ(got.params, row.params) << row.what;
        EXPECT_EQ(got.body, row.body) << row.what;
        EXPECT_EQ(got.reason.empty(), row.is != kind::invalid && row.is != kind::bad_reply) << row.what;
    }
}

TEST(rpc_envelope, of_a_batch_are_as_many_as_it_has) {
    auto const opened = open_message(R"( [ {"jsonrpc":"2.0","method":"a"} , 1,{"id":2,"result":[]} ] )");
    ASSERT_EQ(opened.all.size(), 3u);
    EXPECT_TRUE(opened.is_batch);
    EXPECT_EQ(opened.all[0].kind, kind::notification);
    EXPECT_EQ(opened.all[1].kind, kind::invalid);
    EXPECT_EQ(opened.all[2].body, "[]");
}

TEST(rpc_envelope, of_an_empty_batch_is_one_that_is_invalid) {
    auto const opened = open_message("[]");
    ASSERT_EQ(opened.all.size(), 1u);
    EXPECT_FALSE(opened.is_batch);
    EXPECT_EQ(opened.all[0].kind, kind::invalid);
}

TEST(rpc_envelope, is_written_as_it_is_read) {
    EXPECT_EQ(request_text(7, "a\"b", "[1]"), R"({"jsonrpc":"2.0","id":7,"method":"a\"b","params":[1]})");
    EXPECT_EQ(request_text(0, "m", ""), R"({"jsonrpc":"2.0","method":"m"})");
    EXPECT_EQ(result_text("\"x\"", "null"), R"({"jsonrpc":"2.0","id":"x","result":null})");
    EXPECT_EQ(error_text("null", error_object(-32700, "Parse error")),
              R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}})");
}

TEST(rpc_envelope, has_ids_that_are_compared_whatever_their_spelling) {
    EXPECT_EQ(id_key(R"("\u0061")"), id_key(R"("a")"));
    EXPECT_NE(id_key("1"), id_key("\"1\""));
    EXPECT_EQ(call_number("17"), 17u);
    for (auto const* none : {"", "\"17\"", "-1", "1.0", "null", "17x", "99999999999999999999999"})
        EXPECT_EQ(call_number(none), 0u) << none;
}

TEST(rpc_envelope, is_on_one_line) { EXPECT_EQ(without_line_breaks("{\r\n \"a\": 1\n}"), "{   \"a\": 1 }"); }

} // namespace
} // namespace parlance
