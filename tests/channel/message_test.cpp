#include <parlance/error.hpp>
#include <parlance/message.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(message, keeps_its_bytes_as_they_came) {
    message const m(std::string("{ \"a\" : 1.50 }"));
    EXPECT_EQ(m.text(), "{ \"a\" : 1.50 }");
    EXPECT_EQ(m.json().at("a").as_double(), 1.5);
    EXPECT_EQ(&m.json(), &m.json()) << "parsed once";
}

TEST(message, is_made_of_a_value_in_the_compact_form) {
    json::value const hello{{"text", "h\u00e9llo"}, {"n", {1, 2.5, nullptr, true}}};
    EXPECT_EQ(message(hello).text(), "{\"text\":\"h\u00e9llo\",\"n\":[1,2.5E0,null,true]}");
    EXPECT_EQ(message(hello).json(), hello);
}

TEST(message, outlives_its_move_with_its_value) {
    message first(std::string(R"({"long":")" + std::string(5000, 'x') + R"("})"));
    auto const* value = &first.json();
    message second = std::move(first);
    EXPECT_EQ(&second.json(), value);
    json::value const copy = second.json();
    second = message();
    EXPECT_EQ(copy.at("long").as_string().size(), 5000u) << "a copy lives on without the message";
}

TEST(message, makes_its_value_in_the_callers_memory) {
    unsigned char buffer[512];
    json::monotonic_resource memory(buffer, sizeof buffer);
    auto const value = message(std::string("{\"a\":[1,2]}")).json(&memory);
    EXPECT_EQ(value.storage().get(), &memory);
    EXPECT_EQ(json::serialize(value), "{\"a\":[1,2]}");
}

struct fault {
    char const* what;
    std::string text;
    std::size_t offset, line, column;
    std::string_view sentence_has;
};

TEST(parse_json, names_line_column_and_byte_of_the_fault) {
    fault const faults[] = {
        {"nothing", "", 0, 1, 1, "expected a value"},
        {"a word that is none", "nul", 3, 1, 4, "it ends too early"},
        {"a second value", "1 2", 2, 1, 3, "the end of the text"},
        {"a comma too many", "[1,\n 2,\n]", 8, 3, 1, "a value"},
        {"in the third line", "{\n \"a\":1,\n  b:2}", 12, 3, 3, "a name"},
        {"a control character", "\"a\tb\"", 2, 1, 3, "control character"},
        {"no UTF-8", "\"a\xff\"", 2, 1, 3, "UTF-8"},
        {"a leading zero", "01", 1, 1, 2, "leading 0"},
        {"a bracket of the wrong kind", "[1}", 2, 1, 3, "',' or ']'"},
        {"too deep", std::string(1001, '['), 1000, 1, 1001, "1000 levels"},
        {"a lone surrogate, which Boost.JSON does not take", R"("\ud800")", 7, 1, 8, "surrogate"},
    };
    for (auto const& line : faults) {
        try {
            parse_json(line.text, "line 7 of input");
            ADD_FAILURE() << line.what;
        } catch (failure const& error) {
            EXPECT_EQ(error.code(), errc::not_json) << line.what;
            EXPECT_EQ(error.details().offset_bytes, line.offset) << line.what;
            EXPECT_EQ(error.details().line, line.line) << line.what;
            EXPECT_EQ(error.details().column, line.column) << line.what;
            EXPECT_NE(std::string_view(error.what()).find(line.sentence_has), std::string_view::npos) << error.what();
            EXPECT_EQ(std::string_view(error.what()).substr(0, 15), "line 7 of input");
        }
    }
}

TEST(parse_json, reads_values_up_to_a_thousand_deep) {
    auto const text = std::string(1000, '[') + std::string(1000, ']');
    EXPECT_EQ(json::serialize(parse_json(text)), text);
}

TEST(parse_json, takes_the_last_of_two_members_of_one_name) { EXPECT_EQ(parse_json(R"({"a":1,"a":2})").at("a"), 2); }

TEST(parse_json, works_again_after_a_fault) {
    EXPECT_THROW(parse_json("[1,"), failure);
    EXPECT_EQ(parse_json("[1]").as_array().size(), 1u);
}

} // namespace
} // namespace parlance
