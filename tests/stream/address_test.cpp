#include <parlance/address.hpp>

#include <gtest/gtest.h>

namespace parlance {
namespace {

struct {
    std::string_view text;
    std::optional<host_and_port> expected;
} const places[] = {
    {"127.0.0.1:8000", host_and_port{"127.0.0.1", 8000}},
    {"localhost:0", host_and_port{"localhost", 0}},
    {"[::1]:8000", host_and_port{"::1", 8000}},
    {"8000", host_and_port{"127.0.0.1", 8000}},
    {":65535", host_and_port{"127.0.0.1", 65535}},
    {":65536", std::nullopt},
    {"::1", std::nullopt},
    {"::1:80", std::nullopt},
    {"[]:80", std::nullopt},
    {"host:", std::nullopt},
    {"host:80x", std::nullopt},
    {"host:-1", std::nullopt},
    {"host", std::nullopt},
    {"", std::nullopt},
};

TEST(parse_host_and_port, reads_as_the_table_says) {
    for (auto const& line : places) EXPECT_EQ(parse_host_and_port(line.text), line.expected) << line.text;
}

TEST(address, is_written_as_people_write_it) {
    EXPECT_EQ(address::unix_path("/tmp/app.world").text(), "/tmp/app.world");
    EXPECT_EQ(address::unix_path(std::string("\0name", 5)).text(), "@name");
    EXPECT_EQ(address::tcp("127.0.0.1", 8000).text(), "127.0.0.1:8000");
    EXPECT_EQ(address::udp("::1", 53).text(), "[::1]:53");
}

} // namespace
} // namespace parlance
