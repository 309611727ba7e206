#pragma once
/// framing::lines. Rules and examples: docs/framings.md#lines.

#include "wire/cut.hpp"

#include <cstdint>

namespace parlance::wire {

struct line_scan {
    std::size_t scanned = 0;    ///< so many bytes at the front hold no newline
    bool skipping = false;      ///< inside a line that was too large
    std::uint64_t examined = 0; ///< bytes looked at, ever
};

/// The first line of `bytes`, without its `\n` or `\r\n`. A line over the limit is told once, then skipped to its end.
cut cut_line(line_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

/// What is left at the end of the input. A last line without its newline counts if it is whole JSON; if it is the
/// beginning of a JSON value, the input ended inside a message; else it is handed out as a line like any other.
cut finish_line(line_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

} // namespace parlance::wire
