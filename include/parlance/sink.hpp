#pragma once
/// One output to many places: files, memory, our own standard output, functions, other processes.
///
///     std::string text;
///     co_await copy(child.out(), sink::file("build.log"), sink::memory(text), sink::standard_output());

#include <parlance/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace parlance {

/// Where bytes go to, given to `copy`. Move-only. What it refers to (`memory`, `to`) must outlive the copying.
///
/// Regular files are written blocking: the system cannot wait for them. Everything else is waited for.
class sink {
public:
    /// A file that is made (mode 0666 less the umask) or emptied, now. A named pipe needs its reader before.
    /// Throws failure with the system's code.
    static sink file(std::string path);
    /// A file that is made or written on at its end. Throws the same.
    static sink append(std::string path);
    /// Behind what `text` holds. To have all of one output as fast as can be, use `stream::read_all`.
    static sink memory(std::string& text);
    /// A descriptor of the caller's, which stays the caller's and stays as it is; only a socket is made non-blocking.
    /// Throws failure with the system's code.
    static sink descriptor(int fd);
    static sink standard_output();
    static sink standard_error();
    /// Another stream, such as the input of another child: `copy(a.out(), sink::to(b.in()))`. At the end it is closed
    /// for writing, so that its reader sees the end too; see `stays_open`.
    static sink to(stream& other);
    /// Hears the bytes as they come. What it throws, `copy` throws.
    static sink call(std::function<void(std::string_view bytes)> hear);
    /// Hears each line, without its delimiter, as `stream::line` gives them; one that is too long is a fault of this
    /// sink, errc::message_too_large. Throws failure: errc::invalid_argument for an empty delimiter.
    static sink lines(std::function<void(std::string_view line)> hear, line_options options = {});

    /// It gets exactly so many bytes; where more come, `copy` fails with errc::max_buffer.
    sink at_most(std::size_t bytes) &&;
    /// Of `to`: the stream is left open at the end, since more is to be written to it.
    sink stays_open() &&;

    sink(sink&&) noexcept;
    sink& operator=(sink&&) noexcept;
    ~sink();

private:
    struct target;
    explicit sink(std::unique_ptr<target>) noexcept;
    static sink into(std::string name, unique_fd writable);
    friend class copying;
    std::unique_ptr<target> target_;
};

/// Reads `from` to its end and gives all of it to each sink; says how many bytes were read. The slowest sink sets the
/// pace: the next bytes are read when every sink has the former ones. Sinks that wait do so side by side.
///
/// A sink whose reader is gone gets no more, and the others go on; when none is left, copying ends without a fault, as
/// `tee` does at the end of its readers, and the rest can still be read from `from`. (That a reader is gone is seen
/// when there is something to write.)
///
/// Any other fault of a sink is thrown when all the others have what was read until then; nothing is closed for
/// writing. Throws failure: errc::max_buffer, the system's code (a full disk), both with the name of the sink;
/// errc::channel_closed, before anything is read, where a stream of `sink::to` is closed for writing; what functions
/// throw; what `stream::read_some` throws. Cancelled, what was read last may have come to some sinks and not to others.
template <class... Sinks> asio::awaitable<std::uint64_t> copy(stream& from, Sinks... to);
/// The same, for sinks that are counted at run time.
asio::awaitable<std::uint64_t> copy_to_all(stream& from, std::vector<sink> to);

template <class... Sinks> asio::awaitable<std::uint64_t> copy(stream& from, Sinks... to) {
    static_assert(sizeof...(Sinks) > 0 && (std::is_same_v<Sinks, sink> && ...), "copy(from, sink::…, sink::…)");
    std::vector<sink> all;
    all.reserve(sizeof...(Sinks));
    (all.push_back(std::move(to)), ...);
    return copy_to_all(from, std::move(all));
}

} // namespace parlance
