#include "cli/unwaiting_fd.hpp"

#include <parlance/error.hpp>
#include <parlance/stream.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace parlance::cli {
namespace {

/// More than the kernel allows with one message (SCM_MAX_FD, 253).
constexpr std::size_t most_descriptors = 256;

} // namespace

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

unwaiting_fd unwaiting_fd::one_way_of(unique_fd socket) {
    unwaiting_fd way(std::move(socket));
    way.one_way_ = true;
    return way;
}

void unwaiting_fd::end_reading() noexcept {
    if (one_way_ && fd_) ::shutdown(fd_.get(), SHUT_RD);
    fd_.reset();
}

void unwaiting_fd::end_writing() noexcept {
    if (one_way_ && fd_) ::shutdown(fd_.get(), SHUT_WR);
    fd_.reset();
}

ssize_t unwaiting_fd::read(std::span<char> into, std::vector<unique_fd>& with) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> room;
    iovec bytes{into.data(), into.size()};
    msghdr message{};
    message.msg_iov = &bytes, message.msg_iovlen = 1;
    message.msg_control = room.data(), message.msg_controllen = room.size();
    auto const got = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    for (auto* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
        for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= each->cmsg_len; at += sizeof(int)) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(each) + at, sizeof fd);
            with.emplace_back(fd);
        }
    }
    return got;
}

ssize_t unwaiting_fd::write(std::string_view text, std::vector<unique_fd>& with) noexcept {
    if (with.empty()) return write(text);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> room{};
    iovec bytes{const_cast<char*>(text.data()), text.size()};
    msghdr message{};
    message.msg_iov = &bytes, message.msg_iovlen = 1;
    message.msg_control = room.data(), message.msg_controllen = CMSG_SPACE(with.size() * sizeof(int));
    auto* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET, rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(with.size() * sizeof(int));
    for (std::size_t i = 0; i < with.size(); ++i) {
        auto const fd = with[i].get();
        std::memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
    }
    auto const sent = ::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) with.clear();
    return sent;
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
