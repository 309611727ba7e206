#pragma once
/// Where a byte of a text stands, in people's words.

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parlance {

struct text_place {
    std::size_t line, column; ///< counted from 1; columns in bytes
};

inline text_place place_in(std::string_view text, std::size_t at) noexcept {
    auto const before = text.substr(0, at);
    return {static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
            before.size() - (before.rfind('\n') + 1) + 1}; // npos + 1 is 0
}

} // namespace parlance
