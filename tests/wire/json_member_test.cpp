#include "wire/json_member.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace parlance::wire {
namespace {

struct {
    std::string_view what, object, name, value;
} const members[] = {
    {"the first", R"({"a":1,"b":2})", "a", "1"},
    {"the last", R"({"a":1,"b":2})", "b", "2"},
    {"the last of two", R"({"a":1,"a":2})", "a", "2"},
    {"with white space", " { \"a\" :\t[1, 2] ,\n\"b\" : {} } ", "b", "{}"},
    {"a container, as it stands", R"({"a":{"b":[1.0,"}"]},"c":0})", "a", R"({"b":[1.0,"}"]})"},
    {"a string with quotes", R"({"a":"\"b\":1","c":true})", "c", "true"},
    {"a name written otherwise", R"({"\u0061":null})", "a", "null"},
    {"a name with an escape", R"({"a\nb":-1e5})", "a\nb", "-1e5"},
    {"not one inside", R"({"x":{"a":1}})", "a", ""},
    {"none", R"({"b":1})", "a", ""},
    {"an empty object", "{}", "a", ""},
    {"an empty name", R"({"":1})", "", "1"},
    {"an array", R"(["a",1])", "a", ""},
    {"a string", R"("a")", "a", ""},
    {"nothing", "", "a", ""},
};

TEST(member_of, finds_a_value_where_it_stands) {
    for (auto const& each : members) EXPECT_EQ(member_of(each.object, each.name), each.value) << each.what;
}

struct {
    std::string_view array;
    std::vector<std::string_view> elements;
} const arrays[] = {
    {"[]", {}},
    {" [ 1 ]", {"1"}},
    {R"([{"a":[1,2]},"],[", -1e5 ,null])", {R"({"a":[1,2]})", R"("],[")", "-1e5", "null"}},
    {R"({"a":1})", {}},
    {"", {}},
};

TEST(each_element, finds_values_where_they_stand) {
    for (auto const& each : arrays) {
        std::vector<std::string_view> found;
        each_element(each.array, [&](std::string_view value) { found.push_back(value); });
        EXPECT_EQ(found, each.elements) << each.array;
    }
}

TEST(spells, reads_the_escapes_of_a_string) {
    EXPECT_TRUE(spells(R"("abc")", "abc"));
    EXPECT_TRUE(spells(R"("\u0061bc")", "abc"));
    EXPECT_TRUE(spells(R"("\"")", "\""));
    EXPECT_FALSE(spells(R"("abcd")", "abc"));
    EXPECT_FALSE(spells("12", "12")) << "no string";
    EXPECT_FALSE(spells("", ""));
}

TEST(unescaped, leaves_half_a_surrogate_pair_as_it_is_written) {
    EXPECT_EQ(unescaped(R"(a\tb)"), "a\tb");
    EXPECT_EQ(unescaped(R"(\ud83d\ude00)"), "\U0001F600");
    EXPECT_EQ(unescaped(R"(\ud800)"), R"(\ud800)");
}

} // namespace
} // namespace parlance::wire
