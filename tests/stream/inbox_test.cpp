#include "stream/inbox.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace parlance {
namespace {

constexpr std::size_t big = 256 << 10;

/// A read that brings so many bytes, as many as it asked for at most.
std::size_t read_into(inbox& in, std::size_t there) {
    auto const room = in.room();
    auto const count = std::min(there, room.size());
    std::memset(room.data(), 'x', count);
    in.filled(count);
    return count;
}

TEST(inbox, is_small_at_rest_and_large_while_much_comes) {
    inbox in(big);
    EXPECT_EQ(in.capacity(), 0u) << "before the first read it holds nothing";
    in.consume(read_into(in, 100));
    in.room();
    EXPECT_EQ(in.capacity(), inbox::small);
    EXPECT_EQ(read_into(in, 1 << 20), inbox::small);
    in.consume(inbox::small);
    EXPECT_EQ(read_into(in, 1 << 20), big) << "a read that fills its room asks for more the next time";
    in.consume(big);
    in.consume(read_into(in, 5000));
    in.room();
    EXPECT_EQ(in.capacity(), inbox::small) << "and one that does not goes back";
}

TEST(inbox, keeps_a_partial_frame_and_grows_with_it) {
    inbox in(4096);
    std::size_t total = 0;
    while (total < (8 << 20)) total += read_into(in, 65536);
    EXPECT_EQ(in.bytes().size(), total);
    EXPECT_LT(in.capacity(), 3 * total);
    in.consume(total - 3);
    EXPECT_EQ(in.bytes(), "xxx");
    read_into(in, 2);
    EXPECT_EQ(in.bytes(), "xxxxx");
}

} // namespace
} // namespace parlance
