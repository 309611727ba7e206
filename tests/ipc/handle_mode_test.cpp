#include <parlance/ipc.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>

namespace parlance {
namespace {

TEST(ipc_handle, goes_as_one_that_does_not_block) {
    int pair[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    unique_fd const other(pair[1]);
    ipc_handle const handle(ipc_handle::kind::socket, unique_fd(pair[0]));
    EXPECT_NE(::fcntl(handle.native(), F_GETFL) & O_NONBLOCK, 0) << "Node writes into it as it is";
}

} // namespace
} // namespace parlance
