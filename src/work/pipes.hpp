#pragma once
/// A worker's outputs, and how to know that there is nothing more to read.

#include <parlance/error.hpp>
#include <parlance/fd.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace parlance {

struct two_ends {
    unique_fd read_end, write_end;
};

/// Throws failure with the system's code.
inline two_ends new_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno(errno, {.input = "pipe for a worker"});
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

/// What lies in a pipe and was not read yet.
inline std::uint64_t unread_bytes(int read_end) noexcept {
    int unread = 0;
    return ::ioctl(read_end, FIONREAD, &unread) == 0 && unread > 0 ? static_cast<std::uint64_t>(unread) : 0;
}

/// Nobody can write any more: its end is behind what lies in it.
inline bool has_no_writer(int read_end) noexcept {
    pollfd source{.fd = read_end, .events = 0, .revents = 0};
    return ::poll(&source, 1, 0) == 1 && (source.revents & POLLHUP) != 0;
}

/// After the death of all who should write into a pipe: whether there is still something of theirs to read. Somebody
/// who escaped may hold it open, and write for ever: he is not waited for.
struct last_words {
    int read_end;
    std::uint64_t until_byte; ///< counted from the pipe's beginning
    last_words(int fd, std::uint64_t read_so_far) : read_end(fd), until_byte(read_so_far + unread_bytes(fd)) {}
    bool go_on(std::uint64_t read_so_far) const noexcept { return read_so_far < until_byte || has_no_writer(read_end); }
};

} // namespace parlance
