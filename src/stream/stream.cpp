#include "stream/capture_buffer.hpp"
#include "stream/carrier.hpp"
#include "stream/descriptor_carrier.hpp"
#include "stream/line_reader.hpp"

#include <parlance/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace parlance {

stream::stream() noexcept = default;
stream::stream(std::unique_ptr<carrier> what) noexcept : carrier_(std::move(what)) {}
stream::stream(unique_fd both) : carrier_(std::make_unique<descriptor_carrier>(std::move(both))) {}
stream::stream(unique_fd readable, unique_fd writable)
    : carrier_(std::make_unique<descriptor_carrier>(std::move(readable), std::move(writable))) {}
stream::stream(stream&&) noexcept = default;
stream& stream::operator=(stream&&) noexcept = default;
stream::~stream() = default;

asio::awaitable<std::size_t> stream::read_some(std::span<char> into) {
    if (lines_ && lines_->has_bytes()) return read_ahead(into);
    static constexpr auto at_the_end = []() -> asio::awaitable<std::size_t> { co_return 0; };
    return carrier_ ? carrier_->read_some(into) : at_the_end();
}

/// A coroutine, so that bytes which are not awaited are not taken.
asio::awaitable<std::size_t> stream::read_ahead(std::span<char> into) { co_return lines_->give(into); }

asio::awaitable<std::size_t> stream::write_some(std::span<std::string_view const> parts, int descriptor) {
    if (!carrier_) throw failure(errc::peer_closed, {.input = "writing", .reason = "there is nothing to write to"});
    return carrier_->write_some(parts, descriptor);
}

std::size_t stream::try_write(std::span<std::string_view const> parts, int descriptor) {
    if (!carrier_) throw failure(errc::peer_closed, {.input = "writing", .reason = "there is nothing to write to"});
    return carrier_->try_write(parts, descriptor);
}

void stream::receive_descriptors() {
    if (carrier_) carrier_->receive_descriptors();
}

unique_fd stream::take_descriptor() noexcept {
    auto* const all = carrier_ ? carrier_->descriptors() : nullptr;
    return all ? all->take_oldest() : unique_fd();
}

unique_fd stream::take_descriptor(std::uint64_t offset) noexcept {
    auto* const all = carrier_ ? carrier_->descriptors() : nullptr;
    return all ? all->take(offset) : unique_fd();
}

void stream::close_descriptors(std::uint64_t before_offset) noexcept {
    if (auto* const all = carrier_ ? carrier_->descriptors() : nullptr) all->close_before(before_offset);
}

asio::awaitable<void> stream::write(std::string bytes) {
    for (std::string_view rest = bytes; !rest.empty();) rest.remove_prefix(co_await write_some({&rest, 1}));
}

asio::awaitable<std::string> stream::read_all(std::size_t limit_bytes) {
    capture_buffer all(limit_bytes);
    while (auto const got = co_await read_some(all.room())) {
        all.took(got);
        if (all.over())
            throw failure(
                errc::message_too_large,
                {.input = "reading to the end", .reason = "more than " + std::to_string(limit_bytes) + " bytes came"});
    }
    co_return all.take();
}

asio::awaitable<std::optional<std::string>> stream::line(line_options options) {
    check_delimiter(options.delimiter);
    if (!lines_) lines_ = std::make_unique<line_reader>();
    lines_->end_with(options.delimiter);
    return next_line(options.limit_bytes);
}

asio::awaitable<std::optional<std::string>> stream::next_line(std::size_t limit_bytes) {
    auto& lines = *lines_;
    for (;;) {
        if (auto line = lines.next(limit_bytes)) co_return line;
        std::size_t got = 0;
        if (carrier_) got = co_await carrier_->read_some(lines.room());
        if (got == 0) co_return lines.last(limit_bytes);
        lines.filled(got);
    }
}

void stream::close_write() noexcept {
    write_closed_ = true;
    if (carrier_) carrier_->close_write();
}

void stream::close() noexcept {
    write_closed_ = true;
    if (lines_) lines_->forget();
    if (carrier_) carrier_->close();
}

unique_fd reopened(int fd, int open_flags) {
    struct stat about{};
    if (::fstat(fd, &about) != 0) throw_errno(errno, {.input = "descriptor " + std::to_string(fd)});
    if (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode)) {
        auto const path = "/proc/self/fd/" + std::to_string(fd);
        if (unique_fd own(::open(path.c_str(), open_flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)); own) return own;
    }
    // A named pipe whose readers are gone is refused (else the open would wait for the next): the copy tells of EPIPE.
    // A file keeps its position only when duplicated, and never blocks; a socket cannot be opened again.
    unique_fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw_errno(errno, {.input = "descriptor " + std::to_string(fd)});
    return copy;
}

} // namespace parlance
