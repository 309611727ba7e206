#pragma once
/// framing::delimited and framing::chunks. Rules and examples: docs/framings.md.

#include "wire/delimited.hpp"

namespace parlance::wire {

/// Messages that end with one byte, which no message contains.
struct mark_scan {
    char mark = '\f';
    delimited_scan scan{};
};

inline cut cut_marked(mark_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    return cut_delimited(scan.scan, bytes, {&scan.mark, 1}, limit_bytes);
}

/// What is left at the end of the input: its end did not come.
inline cut finish_marked(mark_scan& scan, std::string_view bytes) noexcept {
    if (std::exchange(scan.scan.skipping, false) || bytes.empty()) return {.consumed = bytes.size()};
    return {.state = cut_state::ended_inside, .message = bytes, .consumed = bytes.size()};
}

/// No framing: what came at once is a message, up to the limit.
struct chunk_scan {
    std::uint64_t examined = 0; ///< bytes looked at, ever: none
};

inline cut cut_chunk(std::string_view bytes, std::size_t limit_bytes) noexcept {
    if (bytes.empty()) return {};
    auto const chunk = bytes.substr(0, std::max(limit_bytes, std::size_t{1}));
    return {.state = cut_state::whole, .message = chunk, .consumed = chunk.size()};
}

} // namespace parlance::wire
