#pragma once
/// What workers print.

#include <parlance/stream.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace parlance {

/// The last bytes of something long.
class tail_buffer {
public:
    explicit tail_buffer(std::size_t limit_bytes = 4096) : limit_bytes_(limit_bytes) {}
    void append(std::string_view bytes);
    /// Begins at the beginning of a line where something was cut away before it.
    std::string text() const;
    void clear() { bytes_.clear(), cut_ = false; }

private:
    std::size_t limit_bytes_;
    std::string bytes_;
    bool cut_ = false;
};

/// Cuts text into lines, without their `\n` or `\r\n`. A line of more than 64 KiB comes in pieces.
class line_splitter {
public:
    using hear = std::function<void(std::string_view line)>;
    void feed(std::string_view bytes, hear const& line);
    /// The last line, where no newline ended it.
    void finish(hear const& line);

private:
    static constexpr std::size_t longest = 64 << 10;
    std::string partial_;
};

/// Reads to the end: each line to `line`, everything to `tail` (may be null).
asio::awaitable<void> read_lines(stream from, line_splitter::hear line, tail_buffer* tail);

} // namespace parlance
