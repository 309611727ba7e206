#pragma once
/// What programs print: lines of it, and its end.

#include <parlance/stream.hpp>

#include <array>
#include <cstdint>
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

/// Reads a stream in parts: each line to `line`, everything to `tail` (may be null).
class output_reader {
public:
    output_reader(line_splitter::hear line, tail_buffer* tail) : line_(std::move(line)), tail_(tail) {}
    /// Waits for a part; false at the end, also where `from` was closed meanwhile.
    asio::awaitable<bool> read_from(stream& from);
    /// Bytes that were read.
    std::uint64_t count() const noexcept { return count_; }

private:
    line_splitter::hear line_;
    tail_buffer* tail_;
    std::uint64_t count_ = 0;
    line_splitter splitter_;
    std::array<char, 8192> part_;
    bool unfinished_ = false; ///< no newline ended the last line
};

} // namespace parlance
