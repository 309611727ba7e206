// JSON from and to types, with the place of what does not fit.
#include <parlance/json_convert.hpp>
#include <parlance/message.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace parlance::convert_test {

enum class unit { metre, foot };
BOOST_DESCRIBE_ENUM(unit, metre, foot)

struct place {
    std::string name;
    std::optional<int> height{};
    unit in = unit::metre;
};
BOOST_DESCRIBE_STRUCT(place, (), (name, height, in))

struct journey {
    std::vector<place> stops;
    std::map<std::string, double> costs;
    json::value note;
};
BOOST_DESCRIBE_STRUCT(journey, (), (stops, costs, note))

/// One that converts itself, and throws what it likes.
struct even {
    int value = 0;
};
even tag_invoke(json::value_to_tag<even>, json::value const& from) {
    auto const number = json::value_to<int>(from);
    if (number % 2 != 0) throw std::invalid_argument("odd");
    return {number};
}

namespace {

journey read(std::string_view text) { return from_json<journey>(parse_json(text), "params"); }

TEST(from_json, reads_structs_in_structs) {
    auto const got = read(R"({"stops":[{"name":"a","height":3,"in":"foot"},{"name":"b","in":"metre","x":1}],
                             "costs":{"bus":2},"note":[null]})");
    ASSERT_EQ(got.stops.size(), 2u);
    EXPECT_EQ(got.stops[0].height, 3);
    EXPECT_EQ(got.stops[0].in, unit::foot);
    EXPECT_FALSE(got.stops[1].height);
    EXPECT_EQ(got.costs.at("bus"), 2.0);
    EXPECT_TRUE(got.note.is_array());
}

TEST(from_json, reads_parameters_by_position) {
    auto const got = from_json<place>(parse_json(R"(["a",7,"foot"])"), "params");
    EXPECT_EQ(got.name, "a");
    EXPECT_EQ(got.height, 7);
}

constexpr struct {
    std::string_view text, where, what;
} misfits[] = {
    {"3", "params", "not an object"},
    {"{}", "params.stops", "is missing"},
    {R"({"stops":{},"costs":{},"note":1})", "params.stops", "not an array"},
    {R"({"stops":[{"name":"a","in":"foot"},{"name":7}],"costs":{},"note":1})", "params.stops[1].name", "not a string"},
    {R"({"stops":[{"name":"a","height":1.5,"in":"foot"}],"costs":{},"note":1})", "params.stops[0].height", "not exact"},
    {R"({"stops":[],"costs":{"bus":"2"},"note":1})", "params.costs.bus", "not a number"},
    {R"({"stops":[],"costs":[1],"note":1})", "params.costs", "not an object"},
    {R"([[],{},1,2])", "params", "more than 3 values"},
    {R"([[]])", "params.costs", "is missing"},
};

TEST(from_json, names_the_place_of_what_does_not_fit) {
    for (auto const& row : misfits) {
        try {
            read(row.text);
            ADD_FAILURE() << row.text;
        } catch (json_mismatch const& fault) {
            EXPECT_EQ(fault.where(), row.where) << row.text;
            EXPECT_NE(std::string_view(fault.what()).find(row.what), std::string_view::npos) << fault.what();
        }
    }
}

TEST(from_json, uses_the_conversion_that_a_type_has) {
    EXPECT_EQ(from_json<even>(json::value(4)).value, 4);
    try {
        from_json<std::vector<even>>(parse_json("[2,3]"), "params");
        ADD_FAILURE();
    } catch (json_mismatch const& fault) {
        EXPECT_EQ(fault.where(), "params[1]");
        EXPECT_STREQ(fault.what(), "odd");
    }
}

TEST(to_json, leaves_empty_optionals_out) {
    journey const j{
        .stops = {{.name = "a"}, {.name = "b", .height = 2, .in = unit::foot}}, .costs = {{"bus", 1}}, .note = nullptr};
    EXPECT_EQ(to_json(j), parse_json(R"({"stops":[{"name":"a","in":"metre"},{"name":"b","height":2,"in":"foot"}],
                                         "costs":{"bus":1.0},"note":null})"));
    EXPECT_EQ(json::serialize(to_json(std::vector<bool>{true, false})), "[true,false]");
    EXPECT_EQ(json::serialize(to_json(std::optional<int>())), "null");
    EXPECT_EQ(json::serialize(to_json(std::string("x"))), "\"x\"");
}

} // namespace
} // namespace parlance::convert_test
