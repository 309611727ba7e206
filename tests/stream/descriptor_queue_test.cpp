#include "stream/descriptor_queue.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace parlance {
namespace {

unique_fd any() { return unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

/// One came with each of two reads: of the bytes 0 to 9, and 10 to 19.
struct two_reads {
    descriptor_queue queue;
    int first, second;
    two_reads() {
        auto a = any(), b = any();
        first = a.get(), second = b.get();
        queue.came(0, 10, std::move(a));
        queue.came(10, 20, std::move(b));
    }
};

TEST(descriptor_queue, gives_what_came_with_a_byte) {
    for (auto const at : {0u, 9u}) {
        two_reads came;
        EXPECT_EQ(came.queue.take(at).get(), came.first);
        EXPECT_FALSE(came.queue.take(at)) << "once";
        EXPECT_EQ(came.queue.take(10).get(), came.second);
    }
}

TEST(descriptor_queue, closes_what_earlier_bytes_left) {
    two_reads came;
    EXPECT_FALSE(came.queue.take(20));
    EXPECT_FALSE(is_open(came.first) || is_open(came.second));
    two_reads again;
    again.queue.close_before(10);
    EXPECT_FALSE(is_open(again.first));
    EXPECT_TRUE(is_open(again.second));
}

TEST(descriptor_queue, keeps_what_later_bytes_bring) {
    descriptor_queue queue;
    queue.came(10, 20, any());
    EXPECT_FALSE(queue.take(9));
    EXPECT_TRUE(queue.take(19));
}

TEST(descriptor_queue, closes_more_than_it_may_keep) {
    descriptor_queue queue;
    for (std::size_t i = 0; i <= descriptor_queue::most; ++i) queue.came(i, i + 1, any());
    std::size_t kept = 0;
    while (queue.take_oldest()) ++kept;
    EXPECT_EQ(kept, descriptor_queue::most);
}

} // namespace
} // namespace parlance
