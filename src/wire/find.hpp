#pragma once
/// memchr with offsets, and the two small questions about bytes that all decoders ask.

#include <algorithm>
#include <cstring>
#include <string_view>

namespace parlance::wire {

/// The first `wanted` at or behind `from`, or npos.
inline std::size_t find_byte(std::string_view bytes, char wanted, std::size_t from = 0) noexcept {
    if (from >= bytes.size()) return bytes.npos;
    auto const* found = static_cast<char const*>(std::memchr(bytes.data() + from, wanted, bytes.size() - from));
    return found ? static_cast<std::size_t>(found - bytes.data()) : bytes.npos;
}

/// JSON's white space.
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// The first byte at or behind `from` that is no white space; the size where there is none.
constexpr std::size_t skip_space(std::string_view bytes, std::size_t from = 0) noexcept {
    while (from < bytes.size() && is_space(bytes[from])) ++from;
    return from;
}

} // namespace parlance::wire
