#pragma once
/// Bytes both ways: a pair of pipes, a Unix socket, or memory. What a channel is made on.

#include <parlance/asio.hpp>
#include <parlance/fd.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace parlance {

/// How `stream::line` cuts.
struct line_options {
    std::string_view delimiter = "\n";  ///< one byte or more; copied. "\r\n", "--END--", `{"\0", 1}`
    std::size_t limit_bytes = 64 << 20; ///< one line, without its delimiter
};

/// One end of a stream of bytes. Owns its descriptors; move-only. An empty one (`stream{}`) is at its end both ways.
///
/// A stream belongs to no event loop until it is first awaited; from then on it stays with the executor of that
/// coroutine, and must not outlive its event loop (that of `run` lasts as long as the thread). One read and one write
/// may be under way at a time. Not thread-safe. It never raises SIGPIPE.
class stream {
public:
    /// What carries the bytes; `src/stream/` has those for descriptors and for memory.
    class carrier;

    stream() noexcept;
    /// A socket, a terminal, a file: one descriptor for both ways. It is made non-blocking; where others share it
    /// (our own standard input), pass `reopened(fd)`.
    explicit stream(unique_fd both);
    /// Two pipes; either may be none.
    stream(unique_fd readable, unique_fd writable);
    explicit stream(std::unique_ptr<carrier>) noexcept;
    stream(stream&&) noexcept;
    stream& operator=(stream&&) noexcept;
    ~stream();

    /// Reads what is there, at least one byte, at most `into.size()`; 0 at the end. Cancelled, it has taken nothing.
    /// Throws failure with the system's code. A reset by the peer is an error, not an end.
    asio::awaitable<std::size_t> read_some(std::span<char> into);
    /// Writes from the front of `parts`, at least one byte (0 only where all are empty), and says how many bytes.
    /// `descriptor`, where it is one, goes with the first of them (SCM_RIGHTS); it stays yours.
    /// Throws failure: errc::peer_closed when nobody reads; errc::not_supported for a descriptor over anything but a
    /// Unix socket; else the system's code.
    asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor = -1);
    /// Writes what fits now, without waiting: 0 when nothing does. Same errors. Before the first await it writes
    /// nothing.
    std::size_t try_write(std::span<std::string_view const> parts, int descriptor = -1);

    /// From now on, descriptors that come with what is read are kept, close-on-exec, until they are taken, 64 at most.
    /// Without it, and over anything but a Unix socket, the kernel drops them.
    void receive_descriptors();
    /// The first that came and was not taken; none where there is none.
    unique_fd take_descriptor() noexcept;
    /// The one that came with this byte, counted from the first that was read since `receive_descriptors`; none where
    /// none did. The kernel names the read that a descriptor came with, not the byte: where one read brought several
    /// messages, it is the first of them that asks. Those of earlier bytes are closed.
    unique_fd take_descriptor(std::uint64_t offset) noexcept;
    /// Closes those that came with earlier bytes and were not taken.
    void close_descriptors(std::uint64_t before_offset) noexcept;

    /// Writes all of it.
    asio::awaitable<void> write(std::string bytes);
    /// Reads to the end. Throws failure: errc::message_too_large when more than `limit_bytes` come (they are lost).
    asio::awaitable<std::string> read_all(std::size_t limit_bytes = std::numeric_limits<std::size_t>::max());

    /// The next line without its delimiter, or none at the end; the last line may come without one. A carriage return
    /// before "\n" belongs to the line. What was read beyond it stays in the stream: the next `line`, `read_some` and
    /// `read_all`, and a channel made of the stream, see it first.
    /// Throws failure: errc::message_too_large as soon as the line is sure to be over its limit; the next `line` skips
    /// the rest of it and goes on behind it. errc::invalid_argument for an empty delimiter; what `read_some` throws.
    /// Cancelled, it has taken nothing.
    ///
    ///     while (auto line = co_await child.out().line()) std::cout << *line << '\n';
    asio::awaitable<std::optional<std::string>> line(line_options options = {});

    /// The peer sees the end of input; reading goes on.
    void close_write() noexcept;
    /// Ends both ways; operations under way end with operation_aborted.
    void close() noexcept;
    bool is_open() const noexcept { return carrier_ != nullptr; }
    /// Whether we may write; that nobody reads is told by writing.
    bool is_writable() const noexcept { return carrier_ != nullptr && !write_closed_; }

private:
    class line_reader;
    asio::awaitable<std::optional<std::string>> next_line(std::size_t limit_bytes);
    asio::awaitable<std::size_t> read_ahead(std::span<char> into);

    std::unique_ptr<carrier> carrier_;
    std::unique_ptr<line_reader> lines_; ///< none until `line` is called
    bool write_closed_ = false;          ///< by us
};

/// Two ends of a stream in memory, each way with room for `buffer_bytes`; both on one executor.
std::pair<stream, stream> memory_pair(std::size_t buffer_bytes = 65536);

/// A descriptor of our own for the file, pipe or terminal behind `fd` (0, 1, 2, …), so that making it non-blocking does
/// not change it for the processes that we share it with. It is non-blocking then; and it is made without waiting for
/// the other side of a named pipe. A file, a socket, and a named pipe that nobody reads can only be duplicated, and
/// stay shared. Throws failure with the system's code.
unique_fd reopened(int fd, int open_flags);

} // namespace parlance
