// The grammar of regular expressions, by a table.
#include "judged_by_node.hpp"

#include <gtest/gtest.h>

namespace parlance::js {
namespace {

constexpr std::string_view escape = "an escape that is none", name = "a name of a group that is none",
                           repeat = "nothing to repeat", order = "a range out of order in a class",
                           open_class = "a class without its end",
                           set_character = "a character that needs a backslash "
                                           "in a class",
                           two = "two operations in one class", property = "a property that is not known",
                           range = "a range from or to what is no character",
                           reversed = "the reverse of a class that has strings",
                           doubled = "two of a sign that is kept for operations";

/// What is wrong without flags, with u, and with v; empty where nothing is.
struct {
    std::string_view source, plain, unicode, sets;
} const table[] = {
    // groups
    {"", "", "", ""},
    {"a|(b)|(?:c)|(?=d)|(?!e)|(?<=f)|(?<!g)|(?<h>i)", "", "", ""},
    {"(", "a group without its end", "a group without its end", "a group without its end"},
    {")", "a ) without its (", "a ) without its (", "a ) without its ("},
    {"(?", "a group of no known kind", "a group of no known kind", "a group of no known kind"},
    {"(?i:a)", "a group of no known kind", "a group of no known kind", "a group of no known kind"},
    {"(?>a)", "a group of no known kind", "a group of no known kind", "a group of no known kind"},
    // quantifiers
    {"a*b+c?d*?e{1}f{2,}g{3,4}?", "", "", ""},
    {"*", repeat, repeat, repeat},
    {"a**", repeat, repeat, repeat},
    {"^*", repeat, repeat, repeat},
    {"\\b+", repeat, repeat, repeat},
    {"(?:)*", "", "", ""},
    {"{1}", repeat, repeat, repeat},
    {"a{2}{3}", repeat, repeat, repeat},
    {"a{2,1}", "numbers out of order in a quantifier", "numbers out of order in a quantifier",
     "numbers out of order in a quantifier"},
    {"a{99999999999,2147483647}", "", "", ""},
    {"a{,5}", "", "a quantifier without its end", "a quantifier without its end"},
    {"a{1", "", "a quantifier without its end", "a quantifier without its end"},
    {"{", "", repeat, repeat},
    {"}", "", "a bracket that closes nothing", "a bracket that closes nothing"},
    {"]", "", "a bracket that closes nothing", "a bracket that closes nothing"},
    {"(?=a)*", "", "a quantifier of what cannot be repeated", "a quantifier of what cannot be repeated"},
    {"(?<=a)*", "a quantifier of what cannot be repeated", "a quantifier of what cannot be repeated",
     "a quantifier of what cannot be repeated"},
    {"(?:(?<=a))*", "", "", ""},
    // references, and names of groups
    {"(a)\\1\\k", "", "a reference without a name", "a reference without a name"},
    {"\\1(a)", "", "", ""},
    {"\\2(a)", "", escape, escape},
    {"\\8", "", escape, escape},
    {"\\0", "", "", ""},
    {"\\07", "", escape, escape},
    {"(?<a>b)\\k<a>", "", "", ""},
    {"\\k<a>(?<a>b)", "", "", ""},
    {"\\k<a>", "", "a reference to a group that there is not", "a reference to a group that there is not"},
    {"\\k<b>(?<a>)", "a reference to a group that there is not", "a reference to a group that there is not",
     "a reference to a group that there is not"},
    {"[\\k](?<a>)", escape, escape, escape},
    {"\\k(?<a>)", "a reference without a name", "a reference without a name", "a reference without a name"},
    {"(?<a>)|(?<a>)", "a name of a group twice", "a name of a group twice", "a name of a group twice"},
    {"(?<a>)(?<\\u0061>)", "a name of a group twice", "a name of a group twice", "a name of a group twice"},
    {"(?<>)", name, name, name},
    {"(?<9>)", name, name, name},
    {"(?<a", name, name, name},
    {"(?<$_\xC3\xA9\xF0\x9D\x92\x9C\\u{62}9>)", "", "", ""},
    {"(?<\\ud835\\udc9c>)", "", "", ""},
    {"(?<\\u{110000}>)", escape, escape, escape},
    {"(?<\\x61>)", name, name, name},
    // escapes
    {"\\", "a backslash at the end", "a backslash at the end", "a backslash at the end"},
    {"\\f\\n\\r\\t\\v\\d\\D\\s\\S\\w\\W\\cA\\x41\\u0041\\/\\^\\.", "", "", ""},
    {"\\a", "", escape, escape},
    {"\\-", "", escape, escape},
    {"\\c", "", escape, escape},
    {"\\x4", "", escape, escape},
    {"\\u004", "", escape, escape},
    {"\\u{110000}", "", escape, escape},
    {"\\u{0000000000041}", "", "", ""},
    {"\\p{Lu}\\P{sc=Grek}\\p{Script_Extensions=Latin}\\p{gc=L}\\p{Any}", "", "", ""},
    {"\\p{Nothing}", "", property, property},
    {"\\p{Script}", "", property, property},
    {"\\p{sc=Lu}", "", property, property},
    {"\\p", "", property, property},
    {"\\p{L", "", property, property},
    {"\\p{RGI_Emoji}", "", property, ""},
    {"\\P{RGI_Emoji}", "", property, property},
    // classes
    {"[a-z][^a][][^][-a-z\\-][\\d\\b\\cA]", "", "", set_character},
    {"[", open_class, open_class, open_class},
    {"[a", open_class, open_class, open_class},
    {"[\\", "a backslash at the end", "a backslash at the end", "a backslash at the end"},
    {"[z-a]", order, order, order},
    {"[\\d-a]", "", range, range},
    {"[a-\\d]", "", range, escape},
    {"[\\c1]", "", escape, escape},
    {"[\\1]", "", escape, escape},
    {"[\xF0\x9F\x98\x80-\xF0\x9F\x99\x8F]", order, "", ""},
    {"[\xED\xA0\xBD-\xED\xB8\x80]", "", "", ""},
    {"[(]", "", "", set_character},
    {"[a--b]", order, order, ""},
    {"[--a]", "", "", set_character},
    {"[a&&b]", "", "", ""},
    {"[a&&&b]", "", "", set_character},
    {"[a--&]", order, order, ""},
    {"[a&&b--c]", order, order, two},
    {"[ab--c]", order, order, two},
    {"[a-b--c]", "", "", two},
    {"[[a-z]--[aeiou]]", "", "a bracket that closes nothing", ""},
    {"[[a]-b]", "", "a bracket that closes nothing", range},
    {"[a!!b]", "", "", doubled},
    {"[\\q{a|bc|}]", "", escape, ""},
    {"[\\q]", "", escape, escape},
    {"[\\q{a]", "", escape, set_character},
    {"[^\\q{a}]", "", escape, ""},
    {"[^\\q{ab}]", "", escape, reversed},
    {"[^\\q{ab}&&a]", "", escape, ""},
    {"[^a--\\q{ab}]", order, order, ""},
    {"[^[\\p{RGI_Emoji}]]", "", property, reversed},
};

TEST(pattern, is_what_the_table_says) {
    for (auto const& row : table) {
        EXPECT_EQ(fault_in(row.source, ""), row.plain) << '/' << row.source << '/';
        EXPECT_EQ(fault_in(row.source, "gu"), row.unicode) << '/' << row.source << "/u";
        EXPECT_EQ(fault_in(row.source, "iv"), row.sets) << '/' << row.source << "/v";
    }
}

TEST(pattern, says_where_it_is_none) {
    EXPECT_EQ(fault_of_pattern("a{2}**", ""), (pattern_fault{repeat, 4}));
    EXPECT_EQ(fault_of_pattern("\xF0\x9F\x98\x80)", "u"), (pattern_fault{"a ) without its (", 2})) << "in 16-bit units";
}

TEST(pattern, has_as_many_groups_as_v8_can_count) {
    std::string groups;
    for (int i = 0; i < 32767; ++i) groups += "()";
    EXPECT_EQ(fault_in(groups, ""), "");
    EXPECT_EQ(fault_in(groups + "()", ""), "too many groups");
}

TEST(pattern, may_be_deep_and_long) {
    auto const twice = [](std::string_view open, std::string_view close, int times) {
        std::string all;
        for (int i = 0; i < times; ++i) all += open;
        for (int i = 0; i < times; ++i) all += close;
        return all;
    };
    EXPECT_EQ(fault_in(twice("(?:a", ")*", 1'000'000), ""), "");
    EXPECT_EQ(fault_in(twice("[", "]", 1000), "v"), "");
    EXPECT_EQ(fault_in(twice("[", "]", 1001), "v"), "too many classes in each other");
    EXPECT_EQ(fault_in(std::string(8'000'000, 'a'), ""), "");
}

TEST(pattern, in_the_table_is_one_where_node_says_so) {
    std::vector<question> all;
    for (auto const& row : table)
        for (auto const* flags : {"", "gu", "iv"}) all.push_back({std::string(row.source), flags});
    expect_the_same(all);
}

} // namespace
} // namespace parlance::js
