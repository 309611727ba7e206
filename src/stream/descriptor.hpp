#pragma once
/// Reading and writing descriptors of any kind without ever blocking or raising SIGPIPE.

#include <parlance/fd.hpp>

#include <sys/uio.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace parlance {

/// What a descriptor is, as far as writing to it goes.
enum class descriptor_kind { socket, other };
/// Widens a pipe, once, when a read shows that much flows through it. A default pipe, of 64 KiB, costs its two
/// processes more in waking each other than in copying (bench/capture.cpp).
class pipe_widener {
public:
    /// To so many bytes. Not more: all pipes of a user share /proc/sys/fs/pipe-user-pages-soft (64 MiB), and beyond it
    /// each new one gets next to nothing.
    static constexpr int busy_bytes = 256 << 10;

    /// A read of the descriptor, which need not be a pipe, brought `got` bytes.
    void read_brought(int fd, std::size_t got) noexcept;

private:
    bool done_ = false;
};

/// Doubles the send buffer of a Unix socket, once, when more is to be written than it takes: for large messages half of
/// the time goes into waking the two processes (bench/ipc.cpp). TCP sees to its own.
class socket_widener {
public:
    /// Of `size` bytes, the socket took `wrote`.
    void write_took(int fd, std::size_t wrote, std::size_t size) noexcept;

private:
    bool done_ = false;
};

/// Asks the system. Throws failure with the system's code where `fd` is no descriptor.
descriptor_kind kind_of(int fd);

/// Throws failure with the system's code.
void set_nonblocking(int fd);

/// Is `error`, of a read of `fd`, how a terminal says that its other side is gone?
bool is_hang_up(int fd, int error) noexcept;

/// Bytes read (0 at the end), or none where nothing is there yet. Throws failure with the system's code.
std::optional<std::size_t> read_now(int fd, std::span<char> into);

/// The same from a Unix socket; `came` is the descriptor that travelled with the first of these bytes, if one did. Of
/// several, the kernel drops all but the first; with no room left for it in our table, it is dropped too.
std::optional<std::size_t> receive_now(int socket, std::span<char> into, unique_fd& came);

/// Bytes written, 0 where nothing fits; `descriptor`, where it is not -1, goes with the first of them, and stays ours.
/// Throws failure: errc::peer_closed, errc::not_supported (a descriptor over what is no Unix socket), else the system's
/// code.
std::size_t write_now(int fd, descriptor_kind kind, std::span<std::string_view const> parts, int descriptor = -1);

[[noreturn]] void throw_carries_no_descriptors();

/// writev of a pipe without SIGPIPE on kernels before 6.18, which have no flag for that: three system calls for one.
ssize_t write_with_the_signal_blocked(int fd, iovec const* pieces, int count) noexcept;

} // namespace parlance
