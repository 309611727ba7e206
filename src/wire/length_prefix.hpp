#pragma once
/// framing::length_prefix. Rules and examples: docs/framings.md#length-prefix.

#include "wire/cut.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace parlance::wire {

inline constexpr std::size_t prefix_bytes = 4;
/// Node reads the length as a signed number.
inline constexpr std::size_t longest_prefixed = 0x7FFFFFFF;

/// So much of a message that is too large is waited for before it is told, so that its beginning can be looked at.
inline constexpr std::size_t told_with_bytes = 64;

struct prefix_scan {
    std::optional<std::size_t> length{}; ///< of the message at the front, once it was read
    std::size_t to_skip = 0;             ///< what is left of a message that was too large
    std::uint64_t examined = 0;          ///< bytes looked at, ever
};

/// The length that the first `prefix_bytes` of `bytes` spell.
inline std::size_t prefixed_length(std::string_view bytes) noexcept {
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix_bytes; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
    return length;
}

/// The first message of `bytes`: its length in four bytes, big-endian, and so many bytes. One over the limit is told
/// once, then skipped; a length of 2 GiB or more is none.
inline cut cut_prefixed(prefix_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    if (scan.to_skip > 0) {
        auto const skipped = std::min(scan.to_skip, bytes.size());
        scan.to_skip -= skipped;
        return {.state = scan.to_skip > 0 ? cut_state::need_more : cut_state::skip, .consumed = skipped};
    }
    if (bytes.size() < prefix_bytes) return {};
    if (!scan.length) scan.examined += prefix_bytes, scan.length = prefixed_length(bytes);
    auto const length = *scan.length;
    auto const came = std::min(bytes.size() - prefix_bytes, length);
    if (length > limit_bytes && length <= longest_prefixed) {
        if (came < std::min(length, told_with_bytes)) return {};
        scan.length.reset();
        scan.to_skip = length - came;
        return {.state = cut_state::too_large,
                .message = bytes.substr(prefix_bytes, came),
                .consumed = prefix_bytes + came};
    }
    if (length > longest_prefixed)
        return {.state = cut_state::bad, .reason = "a length of 2 GiB or more: these are not length-prefixed messages"};
    if (came < length) return {};
    scan.length.reset();
    return {.state = cut_state::whole,
            .message = bytes.substr(prefix_bytes, length),
            .consumed = prefix_bytes + length,
            .at = prefix_bytes};
}

/// What is left at the end of the input.
inline cut finish_prefixed(prefix_scan const& scan, std::string_view bytes) noexcept {
    if (bytes.empty() || scan.to_skip > 0) return {.consumed = bytes.size()};
    return {.state = cut_state::ended_inside,
            .message = bytes.substr(std::min(bytes.size(), prefix_bytes)),
            .consumed = bytes.size()};
}

} // namespace parlance::wire
