#pragma once
/// framing::lines. Rules and examples: docs/framings.md#lines.

#include "wire/cut.hpp"
#include "wire/find.hpp"

#include <cstdint>
#include <utility>

namespace parlance::wire {

struct line_scan {
    std::size_t scanned = 0;    ///< so many bytes at the front hold no newline
    bool skipping = false;      ///< inside a line that was too large
    std::uint64_t examined = 0; ///< bytes looked at, ever
};

/// The first line of `bytes`, without its `\n` or `\r\n`. A line over the limit is told once, then skipped to its end.
inline cut cut_line(line_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    auto const end = find_byte(bytes, '\n', scan.scanned);
    auto line = bytes.substr(0, end);
    scan.examined += line.size() - scan.scanned + (end != bytes.npos);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1); // may yet belong to a newline: not counted
    auto const too_large = !scan.skipping && line.size() > limit_bytes;
    if (end == bytes.npos) {
        auto const drop = scan.skipping || too_large;
        scan.skipping = drop;
        scan.scanned = drop ? 0 : bytes.size();
        if (!too_large) return {.consumed = drop ? bytes.size() : 0};
        return {.state = cut_state::too_large, .message = line, .consumed = bytes.size()};
    }
    scan.scanned = 0;
    if (too_large) return {.state = cut_state::too_large, .message = line, .consumed = end + 1};
    if (std::exchange(scan.skipping, false)) return {.state = cut_state::skip, .consumed = end + 1};
    return {.state = cut_state::whole, .message = line, .consumed = end + 1};
}

/// What is left at the end of the input. A last line without its newline counts if it is whole JSON; if it is the
/// beginning of a JSON value, the input ended inside a message; else it is handed out as a line like any other.
cut finish_line(line_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

} // namespace parlance::wire
