#pragma once
/// Bytes written as hexadecimal digits, as the vectors have them.

#include <charconv>
#include <string>
#include <string_view>

namespace parlance::js {

inline std::string from_hex(std::string_view digits) {
    std::string out;
    for (; digits.size() >= 2; digits.remove_prefix(2)) {
        unsigned byte = 0;
        std::from_chars(digits.data(), digits.data() + 2, byte, 16);
        out.push_back(static_cast<char>(byte));
    }
    return out;
}

inline std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (auto const c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

} // namespace parlance::js
