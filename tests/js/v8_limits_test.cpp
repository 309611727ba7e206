// What a hostile peer may send, and what we refuse to.
#include "bytes_as_text.hpp"
#include "js/v8_scan.hpp"
#include "print.hpp"

#include <parlance/error.hpp>

#include <gtest/gtest.h>

namespace parlance::js {
namespace {

std::string repeated(std::string_view what, std::size_t times) {
    std::string out;
    for (; times > 0; --times) out += what;
    return out;
}

std::string fault_of(std::string const& data, dialect d = dialect::channel, limits bounds = {}) {
    auto const scan = v8_scan(data, d, bounds);
    try {
        v8_decode(data, d, bounds);
        EXPECT_EQ(scan.fault, "");
        return "";
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::bad_frame);
        if (fault.details().reason != "a name that is there already") {
            EXPECT_EQ(scan.fault, fault.details().reason);
            EXPECT_EQ(scan.at, fault.details().offset_bytes);
        }
        return fault.details().reason;
    }
}

std::string arrays(std::size_t deep) {
    return from_hex("ff0f" + repeated("4101", deep) + "5f" + repeated("240001", deep));
}

TEST(v8_limits, hold_the_depth) {
    EXPECT_EQ(fault_of(arrays(1000)), "");
    EXPECT_EQ(fault_of(arrays(1001)), "objects deeper in objects than the limit");
    EXPECT_EQ(fault_of(arrays(3), {}, {.depth = 2}), "objects deeper in objects than the limit");
    EXPECT_EQ(fault_of(arrays(1000), {}, {.depth = 1'000'000}), "");
    EXPECT_EQ(fault_of(arrays(1001), {}, {.depth = 1'000'000}), "objects deeper in objects than the limit");
    EXPECT_EQ(fault_of(from_hex("ff0f" + repeated("5c01", 5000))), "objects deeper in objects than the limit");
    EXPECT_EQ(fault_of(from_hex("ff0f" + repeated("72"
                                                  "63",
                                                  5000))),
              "objects deeper in objects than the limit");
    EXPECT_EQ(fault_of(from_hex("ff0f" + repeated("3f05", 100'000) + "5f")), "") << "counts of objects are no depth";
}

TEST(v8_limits, hold_the_number_of_values) {
    auto const list = from_hex("ff0f4103"
                               "5f5f2d"
                               "240003");
    EXPECT_EQ(fault_of(list, {}, {.values = 4}), "");
    EXPECT_EQ(fault_of(list, {}, {.values = 3}), "more values than the limit");
    EXPECT_EQ(fault_of(from_hex("ff0f6f2201615f7b01"), {}, {.values = 2}), "more values than the limit");
}

TEST(v8_limits, announced_lengths_take_no_memory) {
    EXPECT_EQ(fault_of(from_hex("ff0f41ffffffff0f")), "an array longer than the message");
    EXPECT_EQ(fault_of(from_hex("ff0f22ffffffff0f61")), "a length that runs past the end");
    EXPECT_EQ(fault_of(from_hex("ff0f42ffffffff0f61")), "a length that runs past the end");
    EXPECT_EQ(fault_of(from_hex("ff0f5affffffff0f61")), "a length that runs past the end");
    EXPECT_EQ(fault_of(from_hex("ff0f5c000affffffff0f61")), "a length that runs past the end");
}

TEST(v8_limits, sparse_arrays_keep_what_is_there) {
    auto const v = v8_decode(from_hex("ff0f"
                                      "61ffffffff0f"
                                      "49005f"
                                      "4e0000c0ffffffef41"
                                      "30"
                                      "4002ffffffff0f"));
    auto const& a = v.as<array>();
    EXPECT_EQ(a.length(), 4294967295U);
    EXPECT_EQ(a.items, std::vector<value>{undefined});
    EXPECT_EQ(*a.find(4294967294), value(nullptr));
    EXPECT_EQ(v8_decode(v8_encode(v)), v);
}

TEST(v8_limits, large_objects_take_linear_time) {
    std::string data = from_hex("ff0f6f");
    for (int i = 0; i < 100'000; ++i) {
        auto const name = "n" + std::to_string(i);
        data += '"';
        data += static_cast<char>(name.size());
        data += name + "_";
    }
    EXPECT_EQ(v8_decode(data + from_hex("7ba08d06")).as<object>().size(), 100'000U);
    EXPECT_EQ(fault_of(data + from_hex("22026e305f7ba18d06")), "a name that is there already");
}

TEST(v8_limits, names_in_descending_order_take_linear_time) {
    std::string data = from_hex("ff0f6f");
    for (std::uint32_t i = 100'000; i > 0; --i) {
        data += 'U';
        for (auto n = i; n > 0; n >>= 7) data += static_cast<char>((n & 0x7F) | (n > 0x7F ? 0x80 : 0));
        data += '_';
    }
    auto const v = v8_decode(data + from_hex("7ba08d06"));
    EXPECT_EQ(v.as<object>().begin()->first, "1");
}

constexpr struct {
    std::string_view what, hex, fault;
} frames[] = {
    {"a reference to itself from a Map", "ff0f3b5e005e003a02", ""},
    {"a name by number and by text",
     "ff0f6f49023022013130"
     "7b02",
     "a name that is there already"},
    {"a name beside an item", "ff0f41013049005f240101", "a name that is there already"},
    {"an index twice", "ff0f610549005f49005f400205", "a name that is there already"},
    {"an array's length as a name", "ff0f410022066c656e6774685f240100", "an array with a name \"length\""},
    {"a name as a 16-bit string", "ff0f6f63026100307b01", ""},
    {"a name that is a bigint", "ff0f6f5a00307b01", "a name that is neither a string nor a number"},
    {"a hole in an object", "ff0f6f2201612d7b01", "a hole outside an array"},
    {"a message that is a hole", "ff0f2d", "a hole outside an array"},
    {"names out of order without references", "ff0f6f2201613049005f7b02", ""},
    {"names out of order with references", "ff0f6f2201613049005e007b02",
     "names like array indexes out of order, beside a reference"},
    {"names out of order behind references", "ff0f6f2201615e0049005f7b02",
     "names like array indexes out of order, beside a reference"},
    {"the cause of an Error twice",
     "ff0f726330633"
     "02e",
     "a part of an Error twice"},
    {"the message of an Error is no string", "ff0f726d302e", "something else where a string must stand"},
    {"an unknown part of an Error", "ff0f72782e", "a part that no Error has"},
    {"an Error in its own cause", "ff0f72635e002e", ""},
    {"a RegExp with u and v", "ff0f522201789002", "flags that no RegExp has"},
    {"a Map with an odd count", "ff0f3b30303a01", "a wrong size of a Map"},
    {"a Set with a wrong count", "ff0f27302c02", "a wrong size of a Set"},
    {"a Map with half an entry", "ff0f3b303a01", "a tag that is not known"},
    {"a view of part of an element", "ff0f5c000303010203", "a view with part of an element"},
    {"a host view beyond the known ones", "ff0f5c000d0100", "a view of an unknown kind"},
    {"a host object of an unknown form", "ff0f5c02", "a host object of an unknown form"},
    {"a host object that is a number",
     "ff0f5c01490"
     "2",
     "a host object that is none"},
    {"a host object, and a reference to it and to its contents", "ff0f41045c016f7b005e015e025f240004", ""},
    {"a view behind its ArrayBuffer",
     "ff0f42020102564"
     "2000100",
     ""},
    {"a view that is too long",
     "ff0f42020102564"
     "2010200",
     "a view beyond its ArrayBuffer"},
    {"a view of an unknown kind", "ff0f4204010203045645010200", "a view of an unknown kind"},
    {"a 16-bit view that begins inside an element", "ff0f4204010203045657010200",
     "a view that begins inside an element"},
    {"a view that grows", "ff0f7e020401025642000001", ""},
    {"a view that grows on an ArrayBuffer that does not", "ff0f420201025642000001",
     "a view that grows with an ArrayBuffer that does not"},
    {"an ArrayBuffer larger than it may grow", "ff0f7e02010102", "an ArrayBuffer that is larger than it may grow"},
    {"a reference to the ArrayBuffer of a view",
     "ff0f4102420101564200010"
     "05e01240002",
     "a reference to the ArrayBuffer of a view, or to what is not complete"},
    {"a reference to a view",
     "ff0f4102420101564200010"
     "05e02240002",
     ""},
    {"a transferred ArrayBuffer", "ff0f7400", "a tag that is not known"},
    {"a SharedArrayBuffer", "ff0f7500", "a tag that is not known"},
    {"a varint that never ends", "ff0f49ffffffffffffffff", "it ends inside a number"},
    {"nothing", "", "not V8's format, which begins with ff"},
    {"half a header", "ff", "it ends inside a number"},
};

TEST(v8_limits, take_and_refuse) {
    for (auto const& frame : frames) EXPECT_EQ(fault_of(from_hex(frame.hex)), frame.fault) << frame.what;
}

TEST(v8_limits, references_count_as_ours_where_v8_counts_two) {
    auto const host = v8_decode(from_hex("ff0f41045c016f7b005e015e025f240004"));
    EXPECT_EQ(host, value(array{object(), reference{1}, reference{1}, undefined}));
    auto const view = v8_decode(from_hex("ff0f41034201015642000100"
                                         "5e02"
                                         "6f7b00"
                                         "240003"));
    EXPECT_EQ(view, value(array{bytes{view::uint8, "\x01", {}}, reference{1}, object()}));
}

TEST(v8_scan, tells_node_s_own_messages) {
    struct {
        std::string_view what;
        value message;
        std::string_view command;
    } const table[] = {{"an acknowledgement", object{{"cmd", "NODE_HANDLE_ACK"}}, "NODE_HANDLE_ACK"},
                       {"behind other names", object{{"0", 1}, {"a", object{{"b", 2}}}, {"cmd", "NODE_X"}}, "NODE_X"},
                       {"a wide one", object{{"cmd", "NODE_\xE2\x82\xAC"}}, "NODE_\xE2\x82\xAC"},
                       {"a list with a name",
                        [] {
                            array a;
                            a.properties["cmd"] = "NODE_X";
                            return value(a);
                        }(),
                        "NODE_X"},
                       {"the bare prefix", object{{"cmd", "NODE_"}}, ""},
                       {"small letters", object{{"cmd", "node_x"}}, ""},
                       {"something before", object{{"cmd", "xNODE_x"}}, ""},
                       {"no string", object{{"cmd", boxed("NODE_X")}}, ""},
                       {"further inside", object{{"msg", object{{"cmd", "NODE_X"}}}}, ""},
                       {"further inside, first", object{{"a", object{{"cmd", "NODE_X"}}}, {"cmd", "mine"}}, ""},
                       {"in a Map", js::map{{{"cmd", "NODE_X"}}}, ""},
                       {"a string", "NODE_X", ""}};
    for (auto const& row : table)
        EXPECT_EQ(v8_scan(v8_encode(row.message)), (v8_check{{}, 0, std::string(row.command)})) << row.what;
    auto const wrapped = from_hex("ff0f5c016f2203636d6422064e4f44455f587b01");
    EXPECT_EQ(v8_scan(wrapped).command, "NODE_X");
}

std::string refusal_of(value const& v) {
    try {
        v8_encode(v);
    } catch (failure const& fault) {
        return fault.what();
    }
    return "";
}

TEST(v8_encode, refuses_what_no_reader_takes_with_the_place) {
    error cyclic("Error", "x");
    cyclic.cause = std::make_unique<value>(array{reference{0}});
    array crowded{1, 2};
    crowded.properties["1"] = "again";
    value deep;
    for (int i = 0; i < 1001; ++i) deep = array{std::move(deep)};
    struct {
        value v;
        std::string_view fault;
    } const table[] = {
        {hole, "$: a hole outside an array"},
        {object{{"a b", array{js::set{{hole}}}}}, "$[\"a b\"][0][0]: a hole outside an array"},
        {array{reference{1}}, "$[0]: a reference to object 1 of the message, of which 1 are begun here"},
        {reference{0}, "$: a reference to object 0 of the message, of which 0 are begun here"},
        {cyclic, "$.cause[0]: a reference to an Error inside it, which no V8 reads"},
        {object{{"r", regexp{"a", "gg"}}},
         "$.r: flags that no RegExp has: \"gg\": each of dgimsuvy at most once, u and v not both"},
        {regexp{"a", "uv"}, "$: flags that no RegExp has: \"uv\": each of dgimsuvy at most once, u and v not both"},
        {object{{"r", regexp{"a|(", "g"}}},
         "$.r: no regular expression: a group without its end, at character 4 of its source"},
        {regexp{"[a--b]", "u"},
         "$: no regular expression: a range out of order in a class, at character 5 of its source"},
        {error("MyError", "x"),
         "$: an Error named \"MyError\", which the wire cannot say: use Error, TypeError, RangeError, …"},
        {object{{"s", "\xFF"}}, "$.s: text that is not UTF-8: use js::bytes for what is no text"},
        {crowded, "$[\"1\"]: a property of an array beside the item or length of that name"},
        {bytes{view::int16, "abc", {}}, "$: Int16Array of 3 bytes, which is no whole number of elements"},
        {bytes{view::array_buffer, "abc", 2}, "$: an ArrayBuffer that is larger than it may grow"},
    };
    for (auto const& row : table) EXPECT_EQ(refusal_of(row.v), row.fault);
    EXPECT_TRUE(refusal_of(deep).ends_with("[0]: more than 1,000 objects in each other"));
    EXPECT_EQ(refusal_of(deep.as<array>().items[0]), "");
}

TEST(v8_encode, writes_a_date_beyond_the_limits_as_an_invalid_one) {
    date far;
    far.ms = 1e20;
    EXPECT_EQ(to_hex(v8_encode(far)), "ff0f44000000000000f87f");
}

TEST(v8_encode, keeps_half_a_surrogate_pair) {
    value const half("a\xED\xA0\x80");
    EXPECT_EQ(to_hex(v8_encode(half)), "ff0f63046100"
                                       "00d8");
    EXPECT_EQ(v8_decode(v8_encode(half)), half);
}

} // namespace
} // namespace parlance::js
