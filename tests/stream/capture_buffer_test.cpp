#include "stream/capture_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

namespace parlance {
namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// `bytes` as reads that bring at most `step` each.
void fill(capture_buffer& all, std::string_view bytes, std::size_t step) {
    while (!bytes.empty()) {
        auto const room = all.room();
        ASSERT_FALSE(room.empty());
        auto const count = std::min({bytes.size(), step, room.size()});
        std::memcpy(room.data(), bytes.data(), count);
        all.took(count);
        bytes.remove_prefix(count);
    }
}

std::string different_everywhere(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251 + i / 65'521);
    return bytes;
}

constexpr struct {
    char const* what;
    std::size_t came, step, limit, kept;
} captures[] = {
    {"nothing", 0, 1, no_limit, 0},
    {"nothing, of which nothing is allowed", 0, 1, 0, 0},
    {"a byte, where nothing is allowed", 1, 1, 0, 0},
    {"a few bytes", 100, 7, no_limit, 100},
    {"the first block, full", 16'384, 1'000, no_limit, 16'384},
    {"one more", 16'385, 16'384, no_limit, 16'385},
    {"several blocks", 1'000'000, 4'096, no_limit, 1'000'000},
    {"blocks with pages of their own", 40'000'001, 1 << 30, no_limit, 40'000'001},
    {"exactly the limit", 70'000, 1 << 30, 70'000, 70'000},
    {"one over the limit", 70'001, 1 << 30, 70'000, 70'000},
    {"far over the limit, in small reads", 20'000, 1, 70, 70},
    {"the limit at the end of a block", 16'400, 1 << 30, 16'384, 16'384},
};

TEST(capture_buffer, keeps_what_came_up_to_the_limit) {
    auto const bytes = different_everywhere(40'000'001);
    for (auto const& each : captures) {
        capture_buffer all(each.limit);
        fill(all, std::string_view(bytes).substr(0, each.came), each.step);
        EXPECT_EQ(all.size(), each.kept) << each.what;
        EXPECT_EQ(all.over(), each.came > each.limit) << each.what;
        EXPECT_TRUE(all.take() == std::string_view(bytes).substr(0, each.kept)) << each.what;
    }
}

TEST(capture_buffer, is_empty_and_usable_after_its_string_was_taken) {
    capture_buffer all;
    fill(all, different_everywhere(100'000), 1 << 30);
    all.take();
    EXPECT_EQ(all.take(), "");
    fill(all, "again", 2);
    EXPECT_EQ(all.take(), "again");
}

TEST(capture_buffer, offers_one_byte_over_the_limit_and_no_more) {
    capture_buffer all(10);
    EXPECT_EQ(all.room().size(), 11u);
    fill(all, "0123456789", 10);
    EXPECT_EQ(all.room().size(), 1u);
    EXPECT_FALSE(all.over());
    all.took(1);
    EXPECT_EQ(all.room().size(), 1u);
    EXPECT_TRUE(all.over());
}

} // namespace
} // namespace parlance
