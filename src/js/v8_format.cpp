#include "js/v8_format.hpp"

#include "js/array_index.hpp"
#include "js/number_text.hpp"
#include "js/text.hpp"

#include <algorithm>

namespace parlance::js::v8 {

bool are_flags(std::uint32_t bits) noexcept {
    constexpr std::uint32_t u_and_v = 16 | 256;
    std::uint32_t known = 0;
    for (auto const& flag : regexp_flags) known |= flag.bit;
    return (bits & ~known) == 0 && (bits & u_and_v) != u_and_v;
}

std::optional<std::uint32_t> flag_bits(std::string_view letters) noexcept {
    std::uint32_t bits = 0;
    for (char const c : letters) {
        auto const flag = std::ranges::find(regexp_flags, c, &regexp_flag::letter);
        if (flag == regexp_flags.end() || (bits & flag->bit) != 0) return std::nullopt;
        bits |= flag->bit;
    }
    return are_flags(bits) ? std::optional(bits) : std::nullopt;
}

std::string flag_letters(std::uint32_t bits) {
    std::string letters;
    for (auto const& flag : regexp_flags)
        if ((bits & flag.bit) != 0) letters.push_back(flag.letter);
    return letters;
}

std::string to_text(wire_text const& text) {
    switch (text.in) {
    case wire_text::form::latin1: return from_latin1(text.bytes);
    case wire_text::form::utf16: return from_utf16(text.bytes);
    case wire_text::form::utf8: return from_utf8(text.bytes);
    }
    return {};
}

std::string to_text(wire_name const& name) { return name.is_number ? number_text(name.number) : to_text(name.text); }

bool starts_with(wire_text const& text, std::string_view ascii) noexcept {
    if (text.in != wire_text::form::utf16) return text.bytes.starts_with(ascii);
    if (text.bytes.size() < 2 * ascii.size()) return false;
    for (std::size_t i = 0; i < ascii.size(); ++i)
        if (text.bytes[2 * i] != ascii[i] || text.bytes[2 * i + 1] != 0) return false;
    return true;
}

bool is(wire_text const& text, std::string_view ascii) noexcept {
    return text.bytes.size() == (text.in == wire_text::form::utf16 ? 2 : 1) * ascii.size() && starts_with(text, ascii);
}

std::optional<std::uint32_t> index_of_number_or_digits(wire_name const& name) noexcept {
    if (name.is_number) {
        auto const is_index = name.number >= 0 && name.number <= last_array_index &&
                              name.number == static_cast<double>(static_cast<std::uint32_t>(name.number));
        return is_index ? std::optional(static_cast<std::uint32_t>(name.number)) : std::nullopt;
    }
    auto const& [bytes, form] = name.text;
    if (form != wire_text::form::utf16) return parse_array_index(bytes);
    if (bytes.size() > 20) return std::nullopt;
    char digits[10];
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        if (bytes[i + 1] != 0) return std::nullopt;
        digits[i / 2] = bytes[i];
    }
    return parse_array_index({digits, bytes.size() / 2});
}

} // namespace parlance::js::v8
