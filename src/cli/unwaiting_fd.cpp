#include "cli/unwaiting_fd.hpp"

#include <parlance/error.hpp>
#include <parlance/stream.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace parlance::cli {

unwaiting_fd::unwaiting_fd(unique_fd fd) : fd_(std::move(fd)) {
    struct stat about{};
    if (!fd_ || ::fstat(fd_.get(), &about) != 0) return;
    socket_ = S_ISSOCK(about.st_mode);
    file_ = S_ISREG(about.st_mode) || S_ISBLK(about.st_mode);
    waits_ = !socket_ && !file_ && (::fcntl(fd_.get(), F_GETFL) & O_NONBLOCK) == 0;
}

ssize_t unwaiting_fd::read(std::span<char> into) noexcept {
    if (socket_) return ::recv(fd_.get(), into.data(), into.size(), MSG_DONTWAIT);
    pollfd ready{fd_.get(), POLLIN, 0};
    if (waits_ && ::poll(&ready, 1, 0) == 0) return errno = EAGAIN, -1;
    return ::read(fd_.get(), into.data(), into.size());
}

ssize_t unwaiting_fd::write(std::string_view bytes) noexcept {
    if (socket_) return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    pollfd ready{fd_.get(), POLLOUT, 0};
    if (waits_ && ::poll(&ready, 1, 0) == 0) return errno = EAGAIN, -1;
    return ::write(fd_.get(), bytes.data(), waits_ ? std::min<std::size_t>(bytes.size(), PIPE_BUF) : bytes.size());
}

unwaiting_fd own(int fd, int open_flags) noexcept {
    try {
        return unwaiting_fd(reopened(fd, open_flags | O_NONBLOCK));
    } catch (failure const&) { // it was closed when we were started
        return {};
    }
}

unwaiting_fd taken_over(int fd, int open_flags) noexcept {
    auto mine = own(fd, open_flags);
    unique_fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (null.get() == fd)
        static_cast<void>(null.release());
    else if (null)
        ::dup2(null.get(), fd);
    return mine;
}

} // namespace parlance::cli
