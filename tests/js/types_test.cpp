#include "print.hpp"

#include <parlance/js_types.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace app {

struct point {
    int x, y;
    bool operator==(point const&) const = default;
};
parlance::js::value to_js(point const& p) { return parlance::js::object{{"x", p.x}, {"y", p.y}}; }
point from_js(parlance::js::value const& v, std::type_identity<point>) {
    auto const parts = parlance::js::value_to<std::map<std::string, int>>(v);
    return {parts.at("x"), parts.at("y")};
}

} // namespace app

namespace parlance::js {
namespace {

using namespace std::chrono;

template <class T> void there_and_back(T const& given, value const& expected) {
    EXPECT_EQ(value_from(given), expected);
    EXPECT_EQ(value_to<T>(expected), given);
}

TEST(types, go_there_and_back) {
    there_and_back(true, true);
    there_and_back(42, 42);
    there_and_back(std::uint8_t{255}, 255);
    there_and_back(1.5F, 1.5);
    there_and_back(std::string("x"), "x");
    there_and_back(std::vector<int>{1, 2}, array{1, 2});
    there_and_back(std::vector<bool>{true, false}, array{true, false});
    there_and_back(std::vector<std::optional<std::string>>{"x", std::nullopt}, array{"x", undefined});
    there_and_back(std::map<std::string, double>{{"a", 1}, {"2", 2}}, object{{"2", 2}, {"a", 1}});
    there_and_back(std::unordered_map<std::string, bool>{{"a", true}}, object{{"a", true}});
    there_and_back(sys_time<milliseconds>(5ms), date(5));
    there_and_back(std::vector<std::byte>{std::byte{1}, std::byte{0xFF}}, bytes::buffer(std::string("\x01\xFF")));
    there_and_back(std::vector<app::point>{{1, 2}, {3, 4}},
                   array{object{{"x", 1}, {"y", 2}}, object{{"x", 3}, {"y", 4}}});
    there_and_back(json::parse(R"({"a":[1,null]})"), object{{"a", array{1, nullptr}}});
    there_and_back(value(bigint(7)), bigint(7));
    there_and_back(bigint(7), bigint(7));
}

TEST(types, of_text_of_any_form_become_strings) {
    EXPECT_EQ(value_from("x"), value("x"));
    EXPECT_EQ(value_from(std::string_view("x")), value("x"));
}

TEST(types, take_bigints_for_whole_numbers) {
    EXPECT_EQ(value_to<std::int64_t>(bigint(INT64_MIN)), INT64_MIN);
    EXPECT_EQ(value_to<std::uint64_t>(bigint(UINT64_MAX)), UINT64_MAX);
    EXPECT_EQ(value_to<std::uint64_t>(18446744073709549568.0), 18446744073709549568U);
}

TEST(types, follow_references) {
    value const v = array{array{1, 2}, reference{1}};
    EXPECT_EQ(value_to<std::vector<std::vector<int>>>(v), (std::vector<std::vector<int>>{{1, 2}, {1, 2}}));
}

template <class T> std::string misfit(value const& v) {
    try {
        value_to<T>(v);
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::invalid_argument);
        return fault.what();
    }
    return "";
}

TEST(types, that_do_not_fit_are_refused_with_the_place) {
    constexpr auto too_large = ": a number that does not fit into the type that is asked for";
    using lists = std::map<std::string, std::vector<int>>;
    EXPECT_EQ(misfit<lists>(object{{"items", array{1, 2, "x"}}}), "$.items[2]: a string, not a number");
    EXPECT_EQ(misfit<int>(2147483648.0), std::string("$") + too_large);
    EXPECT_EQ(misfit<int>(1.5), std::string("$") + too_large);
    EXPECT_EQ(misfit<unsigned>(-1), std::string("$") + too_large);
    EXPECT_EQ(misfit<int>(bigint(UINT64_MAX)), std::string("$") + too_large);
    EXPECT_EQ(misfit<int>(std::numeric_limits<double>::quiet_NaN()), std::string("$") + too_large);
    EXPECT_EQ(misfit<float>(0.1), std::string("$") + too_large);
    EXPECT_EQ(misfit<bool>(nullptr), "$: null, not a boolean");
    EXPECT_EQ(misfit<std::vector<int>>(array{1, hole, 3}), "$[1]: a hole, not a number");
    array sparse{1};
    sparse.set_length(2);
    EXPECT_EQ(misfit<std::vector<int>>(sparse), "$: an array with holes or named properties");
    EXPECT_EQ(misfit<sys_time<seconds>>(date()), "$: an invalid Date");
    EXPECT_EQ(misfit<std::vector<std::byte>>("x"), "$: a string, not bytes");
    EXPECT_EQ(misfit<std::vector<app::point>>(array{object{{"x", "one"}, {"y", 1}}}), "$[0].x: a string, not a number");
    EXPECT_EQ(misfit<std::vector<int>>(reference{3}), "$: a reference to an object that is not there");
    EXPECT_THROW(value_from(std::int64_t{INT64_MAX}), failure);
    EXPECT_THROW(value_to<json::value>(array{bigint(1)}), failure);
}

} // namespace
} // namespace parlance::js
