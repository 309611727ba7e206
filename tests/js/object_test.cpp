#include "print.hpp"

#include <parlance/error.hpp>

#include <gtest/gtest.h>

namespace parlance::js {
namespace {

std::string names_of(object const& o) {
    std::string out;
    for (auto const& [name, item] : o) out += name + " ";
    return out;
}

TEST(object, has_names_in_the_order_of_javascript) {
    object o;
    for (auto const* name : {"b", "10", "a", "9", "-1", "4294967295", "4294967294", "01", "0"}) o[name] = 1;
    EXPECT_EQ(names_of(o), "0 9 10 4294967294 b a -1 4294967295 01 ");
    EXPECT_EQ(names_of(object{{"b", 1}, {"10", 1}, {"a", 1}, {"9", 1}}), "9 10 b a ");
}

TEST(object, keeps_the_last_of_two_with_one_name_in_the_place_of_the_first) {
    object const o{{"a", 1}, {"b", 2}, {"a", 3}};
    EXPECT_EQ(names_of(o), "a b ");
    EXPECT_EQ(o.at("a"), value(3));
}

TEST(object, finds_sets_and_erases) {
    object o;
    EXPECT_TRUE(o.insert("a", 1));
    EXPECT_FALSE(o.insert("a", 2));
    EXPECT_EQ(*o.find("a"), value(1));
    EXPECT_EQ(o.find("b"), nullptr);
    EXPECT_TRUE(o["b"].is_undefined());
    EXPECT_TRUE(o.erase("a"));
    EXPECT_FALSE(o.erase("a"));
    EXPECT_EQ(names_of(o), "b ");
    EXPECT_THROW(o.at("a"), failure);
}

TEST(object, of_many_members_finds_each) {
    object o;
    for (int i = 0; i < 100'000; ++i) o["name " + std::to_string(i)] = i;
    for (int i = 0; i < 1000; ++i) o[std::to_string(i * 3)] = i; // in front of the others
    EXPECT_EQ(o.size(), 101'000U);
    for (int i = 0; i < 100'000; i += 997) EXPECT_EQ(o.at("name " + std::to_string(i)), value(i));
    EXPECT_EQ(o.begin()[5].first, "15");
    EXPECT_TRUE(o.erase("name 50000"));
    EXPECT_EQ(o.at("name 99999"), value(99'999));
    EXPECT_FALSE(o.contains("name 50000"));
}

TEST(object, is_equal_whatever_the_order) {
    EXPECT_EQ((object{{"a", 1}, {"b", 2}}), (object{{"b", 2}, {"a", 1}}));
    EXPECT_NE((object{{"a", 1}, {"b", 2}}), (object{{"a", 1}, {"c", 2}}));
    EXPECT_NE((object{{"a", 1}}), (object{{"a", 1}, {"b", 2}}));
    EXPECT_EQ(object(), object());
}

TEST(object, copies_are_its_own) {
    object const first{{"list", array{1, 2}}};
    auto second = first;
    second["list"].as<array>().items[0] = "changed";
    EXPECT_EQ(first.at("list"), value(array{1, 2}));
}

} // namespace
} // namespace parlance::js
