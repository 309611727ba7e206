#include "stream/descriptor.hpp"

#include <parlance/error.hpp>
#include <parlance/fd.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace parlance {
namespace {

/// Keeps a SIGPIPE that a write in this scope raises from anybody. A pipe has no MSG_NOSIGNAL, and changing the
/// disposition would change it for the whole program.
class sigpipe_guard {
public:
    sigpipe_guard() noexcept {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
        was_blocked_ = sigismember(&before_, SIGPIPE) == 1;
        if (was_blocked_) {
            sigset_t pending;
            sigpending(&pending);
            was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        }
    }
    /// Takes the signal that the failed write raised; one that waited before it stays.
    void take() const noexcept {
        timespec const at_once{};
        while (!was_pending_ && sigtimedwait(&sigpipe_, nullptr, &at_once) == -1 && errno == EINTR) {}
    }
    ~sigpipe_guard() {
        if (!was_blocked_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

private:
    sigset_t sigpipe_, before_;
    bool was_blocked_, was_pending_ = false;
};

constexpr std::size_t most_parts = 64;

/// Room for one descriptor beside the bytes of a message.
struct one_descriptor {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];

    void put(int descriptor, msghdr& message) noexcept {
        std::memset(bytes, 0, sizeof bytes);
        message.msg_control = bytes;
        message.msg_controllen = sizeof bytes;
        auto* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    }
};

#ifndef RWF_NOSIGNAL
#define RWF_NOSIGNAL 0x00000100 // <linux/fs.h> since Linux 6.18
#endif

/// Does this kernel know the flag? Asked of a pipe of our own: some devices refuse every flag.
bool knows_nosignal() noexcept {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    unique_fd const reader(ends[0]), writer(ends[1]);
    char byte = 0;
    iovec const one{&byte, 1};
    return ::pwritev2(writer.get(), &one, 1, -1, RWF_NOSIGNAL) == 1;
}

/// writev that never raises SIGPIPE.
ssize_t write_quietly(int fd, iovec const* pieces, int count) noexcept {
    static bool const by_flag = knows_nosignal();
    if (by_flag) {
        auto const wrote = ::pwritev2(fd, pieces, count, -1, RWF_NOSIGNAL); // -1: at the descriptor's own position
        if (wrote != -1 || errno != EOPNOTSUPP) return wrote;
    }
    return write_with_the_signal_blocked(fd, pieces, count);
}

} // namespace

ssize_t write_with_the_signal_blocked(int fd, iovec const* pieces, int count) noexcept {
    sigpipe_guard const guard;
    auto const wrote = ::writev(fd, pieces, count);
    if (int const fault = errno; wrote == -1 && fault == EPIPE) guard.take(), errno = fault;
    return wrote;
}

void pipe_widener::read_brought(int fd, std::size_t got) noexcept {
    constexpr std::size_t half_a_default_pipe = 32 << 10;
    if (done_ || got < half_a_default_pipe) return;
    done_ = true;
    if (auto const size = ::fcntl(fd, F_GETPIPE_SZ); size > 0 && size < busy_bytes)
        ::fcntl(fd, F_SETPIPE_SZ, busy_bytes); // refused: it stays as it is
}

void socket_widener::write_took(int fd, std::size_t wrote, std::size_t size) noexcept {
    if (done_ || wrote == size) return;
    done_ = true;
    int family = 0, bytes = 0;
    socklen_t length = sizeof family;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0 || family != AF_UNIX) return;
    length = sizeof bytes;
    if (::getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &length) != 0) return;
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes); // the kernel doubles what it is told: socket(7)
}

descriptor_kind kind_of(int fd) {
    struct stat about{};
    if (::fstat(fd, &about) != 0) throw_errno(errno, {.input = "descriptor " + std::to_string(fd)});
    return S_ISSOCK(about.st_mode) ? descriptor_kind::socket : descriptor_kind::other;
}

void set_nonblocking(int fd) {
    int const flags = ::fcntl(fd, F_GETFL);
    if (flags == -1 || ((flags & O_NONBLOCK) == 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1))
        throw_errno(errno, {.input = "descriptor " + std::to_string(fd)});
}

bool is_hang_up(int fd, int error) noexcept { return error == EIO && ::isatty(fd) == 1; }

std::optional<std::size_t> read_now(int fd, std::span<char> into) {
    for (;;) {
        ssize_t const got = ::read(fd, into.data(), into.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
        if (is_hang_up(fd, errno)) return 0;
        if (errno != EINTR) throw_errno(errno, {.input = "reading", .reason = {}});
    }
}

std::optional<std::size_t> receive_now(int socket, std::span<char> into, unique_fd& came) {
    for (;;) {
        iovec where{into.data(), into.size()};
        one_descriptor room;
        msghdr all{};
        all.msg_iov = &where;
        all.msg_iovlen = 1;
        all.msg_control = room.bytes;
        all.msg_controllen = CMSG_LEN(sizeof(int)); // not its padded size, in which there is room for two
        ssize_t const got = ::recvmsg(socket, &all, MSG_CMSG_CLOEXEC);
        if (got >= 0) {
            auto const* const head = CMSG_FIRSTHDR(&all);
            if (head != nullptr && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
                head->cmsg_len >= CMSG_LEN(sizeof(int))) {
                int number = -1;
                std::memcpy(&number, CMSG_DATA(head), sizeof number);
                came = unique_fd(number);
            }
            return static_cast<std::size_t>(got);
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
        if (errno != EINTR) throw_errno(errno, {.input = "reading", .reason = {}});
    }
}

void throw_carries_no_descriptors() {
    throw failure(errc::not_supported, {.input = "writing",
                                        .reason = "a descriptor can be passed over a Unix socket only",
                                        .mend = "send the message without a handle"});
}

std::size_t write_now(int fd, descriptor_kind kind, std::span<std::string_view const> parts, int descriptor) {
    std::array<iovec, most_parts> pieces; // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::size_t count = 0;
    for (auto const part : parts) {
        if (part.empty()) continue;
        if (count == pieces.size()) break;
        pieces[count++] = {const_cast<char*>(part.data()), part.size()};
    }
    if (count == 0) return 0;
    if (descriptor >= 0 && kind != descriptor_kind::socket) throw_carries_no_descriptors();
    for (;;) {
        ssize_t wrote = 0;
        if (kind == descriptor_kind::socket) {
            msghdr gathered{};
            gathered.msg_iov = pieces.data();
            gathered.msg_iovlen = count;
            one_descriptor passed;
            if (descriptor >= 0) passed.put(descriptor, gathered);
            wrote = ::sendmsg(fd, &gathered, MSG_NOSIGNAL);
        } else {
            wrote = write_quietly(fd, pieces.data(), static_cast<int>(count));
        }
        if (wrote >= 0) return static_cast<std::size_t>(wrote);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
        if (errno == EPIPE || errno == ECONNRESET) throw failure(errc::peer_closed, {.input = "writing"});
        if (errno != EINTR) throw_errno(errno, {.input = "writing", .reason = {}});
    }
}

} // namespace parlance
