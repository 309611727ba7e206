#include <parlance/rpc.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace parlance {
namespace {

/// What stands at `number` from now on. Children inherit it.
void put(int fd, int number) {
    if (::dup2(fd, number) < 0) throw_errno(errno, {.input = "descriptor " + std::to_string(number)});
}

} // namespace

channel own_stdio(framing frames, channel_options options) {
    auto in = reopened(STDIN_FILENO, O_RDONLY), out = reopened(STDOUT_FILENO, O_WRONLY);
    unique_fd const nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing) throw_errno(errno, {.input = "/dev/null"});
    put(nothing.get(), STDIN_FILENO);
    put(::fcntl(STDERR_FILENO, F_GETFD) < 0 ? nothing.get() : STDERR_FILENO, STDOUT_FILENO);
    return {stream(std::move(in), std::move(out)), frames, options};
}

} // namespace parlance
