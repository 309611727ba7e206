#pragma once
/// Text in pieces that end with a delimiter of any length, as `stream::line` cuts them. Rules: docs/streams.md

#include "wire/cut.hpp"
#include "wire/find.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace parlance::wire {

struct delimited_scan {
    std::size_t scanned = 0;    ///< no delimiter begins in so many bytes at the front
    bool skipping = false;      ///< inside a line that was too large
    std::uint64_t examined = 0; ///< bytes looked at, ever
};

/// The first line of `bytes`, without its delimiter, which has one byte or more. A line over the limit is told once, as
/// soon as that is sure, then skipped to its end.
inline cut cut_delimited(delimited_scan& scan, std::string_view bytes, std::string_view delimiter,
                         std::size_t limit_bytes) noexcept {
    auto const end =
        delimiter.size() == 1 ? find_byte(bytes, delimiter[0], scan.scanned) : bytes.find(delimiter, scan.scanned);
    auto const found = end != bytes.npos;
    // without a delimiter: the last bytes may be the beginning of one
    auto const line = found ? end : bytes.size() - std::min(bytes.size(), delimiter.size() - 1);
    scan.examined += (found ? end + delimiter.size() : bytes.size()) - std::min(scan.scanned, bytes.size());
    bool const too_large = !scan.skipping && line > limit_bytes;
    if (!found) {
        scan.skipping = scan.skipping || too_large;
        scan.scanned = scan.skipping ? 0 : line;
        return {.state = too_large ? cut_state::too_large : cut_state::need_more, .consumed = scan.skipping ? line : 0};
    }
    scan.scanned = 0;
    auto const consumed = end + delimiter.size();
    if (too_large) return {.state = cut_state::too_large, .consumed = consumed};
    if (std::exchange(scan.skipping, false)) return {.state = cut_state::skip, .consumed = consumed};
    return {.state = cut_state::whole, .message = bytes.substr(0, end), .consumed = consumed};
}

/// What is left at the end of the input: the last line needs no delimiter; `need_more` where nothing is left.
inline cut finish_delimited(delimited_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    bool const nothing = std::exchange(scan.skipping, false) || bytes.empty();
    scan.scanned = 0;
    if (nothing) return {.consumed = bytes.size()};
    if (bytes.size() > limit_bytes) return {.state = cut_state::too_large, .consumed = bytes.size()};
    return {.state = cut_state::whole, .message = bytes, .consumed = bytes.size()};
}

} // namespace parlance::wire
