#pragma once
/// Names that JavaScript takes for indexes of an array: they come first in an object, ascending.

#include <cstdint>
#include <optional>
#include <string_view>

namespace parlance::js {

/// The largest index: an array's length is a 32-bit number.
inline constexpr std::uint32_t last_array_index = 4294967294;

/// "0", "17", … up to 4294967294, as it would be printed: not "01", not "-1".
constexpr std::optional<std::uint32_t> parse_array_index(std::string_view name) noexcept {
    if (name.empty() || name.size() > 10 || name[0] < '0' || name[0] > '9') return std::nullopt;
    if (name[0] == '0') return name.size() == 1 ? std::optional<std::uint32_t>(0) : std::nullopt;
    std::uint64_t index = 0;
    for (char const c : name) {
        if (c < '0' || c > '9') return std::nullopt;
        index = index * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return index <= last_array_index ? std::optional(static_cast<std::uint32_t>(index)) : std::nullopt;
}

} // namespace parlance::js
