#include "base/large_blocks.hpp"

#include <gtest/gtest.h>

#include <malloc.h>

#include <cstdlib>

namespace parlance {
namespace {

TEST(large_blocks, are_no_longer_mapped_one_by_one) {
    keep_large_blocks();
    keep_large_blocks(); // has nothing more to do
    auto const mapped = ::mallinfo2().hblks;
    void* volatile block = std::malloc(4 << 20);
    EXPECT_EQ(::mallinfo2().hblks, mapped);
    std::free(block);
}

} // namespace
} // namespace parlance
