#include "print.hpp"

#include <parlance/error.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <cmath>

namespace parlance::js {
namespace {

std::string why(auto act) {
    try {
        act();
    } catch (failure const& fault) {
        return fault.what();
    }
    return "";
}

TEST(value, says_what_it_is) {
    struct {
        value v;
        std::string_view what;
        bool is_primitive;
    } const table[] = {{{}, "undefined", true},
                       {nullptr, "null", true},
                       {true, "a boolean", true},
                       {1.5, "a number", true},
                       {"x", "a string", true},
                       {bigint(1), "a bigint", true},
                       {hole, "a hole", false},
                       {reference{0}, "a reference", false},
                       {date(0), "a Date", false},
                       {regexp{"a", "g"}, "a RegExp", false},
                       {object(), "an object", false},
                       {array(), "an array", false},
                       {js::map(), "a Map", false},
                       {js::set(), "a Set", false},
                       {error("TypeError", "bad"), "an Error", false},
                       {bytes::buffer(std::string("hi")), "a Buffer", false},
                       {bytes{view::int8, "x", {}}, "an Int8Array", false},
                       {bytes{view::array_buffer, "x", {}}, "an ArrayBuffer", false},
                       {boxed(1), "a boxed primitive", false}};
    for (auto const& row : table) {
        EXPECT_EQ(row.v.what(), row.what);
        EXPECT_EQ(row.v.is_primitive(), row.is_primitive) << row.what;
        value const copy = row.v;
        EXPECT_EQ(copy, row.v);
        for (auto const& other : table)
            if (&other != &row) {
                EXPECT_NE(row.v, other.v) << row.what << ", " << other.what;
            }
    }
}

TEST(value, asked_for_another_type_says_both) {
    EXPECT_EQ(why([] { value("x").as<double>(); }), "a string, not a number");
    EXPECT_EQ(why([] { value(bytes::buffer(std::string())).as<js::map>(); }), "a Buffer, not a Map");
    EXPECT_EQ(value(3).as<double>(), 3);
    EXPECT_EQ(value("x").get_if<double>(), nullptr);
}

TEST(value, takes_whole_numbers_that_a_double_has) {
    EXPECT_EQ(value(std::int64_t{1} << 53).as<double>(), 9007199254740992);
    EXPECT_EQ(value(-(std::int64_t{1} << 53)).as<double>(), -9007199254740992);
    EXPECT_THROW(value((std::int64_t{1} << 53) + 1), failure);
    EXPECT_THROW(value(INT64_MIN), failure);
    EXPECT_THROW(value(UINT64_MAX), failure);
    EXPECT_EQ(value(std::size_t{7}), value(7));
}

TEST(value, tells_minus_zero_from_zero_and_takes_nan_for_nan) {
    EXPECT_NE(value(0.0), value(-0.0));
    EXPECT_EQ(value(std::nan("1")), value(-std::nan("2")));
}

TEST(value, moved_from_is_undefined) {
    value a = array{1};
    value const b = std::move(a);
    EXPECT_TRUE(a.is_undefined()); // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(b, value(array{1}));
}

TEST(value, can_become_a_part_of_itself) {
    value v = object{{"child", object{{"n", 1}}}};
    v = *v.find("child");
    EXPECT_EQ(v, value(object{{"n", 1}}));
    v = std::move(*v.as<object>().find("n"));
    EXPECT_EQ(v, value(1));
}

TEST(value, is_made_of_json) {
    value const v(json::parse(R"({"b":[1,-2.5,true,null,"x"],"1":18446744073709551615})"));
    EXPECT_EQ(v, value(object{{"1", 18446744073709551616.0}, {"b", array{1, -2.5, true, nullptr, "x"}}}));
}

TEST(array, is_equal_wherever_its_items_are_kept) {
    array near{1, hole, hole, 4};
    array far{1};
    far.properties["3"] = 4;
    EXPECT_EQ(near, far);
    EXPECT_EQ(far.length(), 4U);
    far.set_length(5);
    EXPECT_NE(near, far);
    near.set_length(5);
    EXPECT_EQ(near, far);
    far.properties["name"] = 1;
    EXPECT_NE(near, far);
    EXPECT_NE((array{1, hole}), (array{1, undefined}));
}

TEST(array, finds_items_and_no_holes) {
    array a{1, hole};
    a.properties["4000000"] = "far";
    EXPECT_EQ(*a.find(0), value(1));
    EXPECT_EQ(a.find(1), nullptr);
    EXPECT_EQ(*a.find(4'000'000), value("far"));
    EXPECT_EQ(a.find(5), nullptr);
    EXPECT_EQ(a.length(), 4'000'001U);
    EXPECT_EQ(array().length(), 0U);
}

TEST(bytes, are_numbers_of_their_kind) {
    std::vector<std::int16_t> const numbers{1, -2};
    auto const b = bytes::of(std::span(numbers));
    EXPECT_EQ(b.what, view::int16);
    EXPECT_EQ(b.data, std::string("\x01\x00\xFE\xFF", 4));
    EXPECT_EQ(b.numbers<std::int16_t>(), numbers);
    EXPECT_EQ(why([&] { (void)b.numbers<float>(); }), "the elements are those of Int16Array, not of Float32Array");
    EXPECT_EQ(bytes::buffer(std::string("hi")).numbers<std::uint8_t>(), (std::vector<std::uint8_t>{'h', 'i'}));
    EXPECT_EQ(bytes::of(std::span<double const>()).what, view::float64);
    EXPECT_EQ(bytes::of(std::span<std::uint64_t const>()).what, view::biguint64);
    EXPECT_THROW((bytes{view::int32, "abc", {}}.numbers<std::int32_t>()), failure);
}

TEST(bytes, have_the_names_of_javascript) {
    for (int i = 0; i < 14; ++i) EXPECT_EQ(parse_view(name_of(static_cast<view>(i))), static_cast<view>(i));
    EXPECT_EQ(parse_view("Float16Array"), std::nullopt);
}

TEST(boxed, holds_a_primitive) {
    EXPECT_EQ(boxed("x").primitive(), value("x"));
    EXPECT_EQ(why([] { boxed{array()}; }), "an array cannot be boxed: box a boolean, a number, a string or a bigint");
    EXPECT_THROW(boxed{undefined}, failure);
}

TEST(references, mean_the_object_of_that_number) {
    value const v =
        object{{"7", array{date(0), regexp{"a", ""}}}, {"m", js::map{{{"k", object{{"n", 1}}}}}}, {"x", reference{2}}};
    EXPECT_EQ(resolve(v, {0}), &v);
    EXPECT_EQ(*resolve(v, {1}), *v.find("7"));
    EXPECT_EQ(*resolve(v, {2}), value(date(0)));
    EXPECT_EQ(*resolve(v, {3}), value(regexp{"a", ""}));
    EXPECT_EQ(*resolve(v, {5}), value(object{{"n", 1}}));
    EXPECT_EQ(resolve(v, {6}), nullptr);
    EXPECT_EQ(resolve(value(1), {0}), nullptr);
}

TEST(references, are_shifted_into_another_message) {
    error cyclic("Error", "x");
    cyclic.cause = std::make_unique<value>(array{reference{1}});
    value v = cyclic;
    shift_references(v, 3);
    EXPECT_EQ(v.as<error>().cause->as<array>().items[0], value(reference{4}));
    shift_references(v, -3);
    EXPECT_EQ(v, value(cyclic));
}

} // namespace
} // namespace parlance::js
