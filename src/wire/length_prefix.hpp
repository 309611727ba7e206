#pragma once
/// framing::length_prefix. Rules and examples: docs/framings.md#length-prefix.

#include "wire/cut.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace parlance::wire {

inline constexpr std::size_t prefix_bytes = 4;

struct prefix_scan {
    std::optional<std::size_t> length{}; ///< of the message at the front, once it was read
    std::uint64_t examined = 0;          ///< bytes looked at, ever
};

/// The length that the first `prefix_bytes` of `bytes` spell.
inline std::size_t prefixed_length(std::string_view bytes) noexcept {
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix_bytes; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
    return length;
}

/// The first message of `bytes`: its length in four bytes, big-endian, and so many bytes.
inline cut cut_prefixed(prefix_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    if (bytes.size() < prefix_bytes) return {};
    if (!scan.length) scan.examined += prefix_bytes, scan.length = prefixed_length(bytes);
    auto const length = *scan.length;
    if (length > limit_bytes) return {.state = cut_state::too_large};
    if (bytes.size() - prefix_bytes < length) return {};
    scan.length.reset();
    return {.state = cut_state::whole,
            .message = bytes.substr(prefix_bytes, length),
            .consumed = prefix_bytes + length,
            .at = prefix_bytes};
}

/// What is left at the end of the input.
inline cut finish_prefixed(std::string_view bytes) noexcept {
    if (bytes.empty()) return {};
    return {.state = cut_state::ended_inside,
            .message = bytes.substr(std::min(bytes.size(), prefix_bytes)),
            .consumed = bytes.size()};
}

} // namespace parlance::wire
