#pragma once
/// Strings: JavaScript's are 16-bit units, ours are UTF-8, where half a surrogate pair has the three bytes that UTF-8
/// would give it (WTF-8).

#include <string>
#include <string_view>

namespace parlance::js {

/// How far up the characters of a text go, which decides its form on the wire.
enum class text_kind {
    ascii,   ///< below 0x80: the same bytes in every form
    latin1,  ///< below 0x100
    wide,    ///< above
    invalid, ///< not UTF-8, nor WTF-8
};
text_kind kind_of(std::string_view text) noexcept;

/// The number of characters of a text of kind `latin1`, and of 16-bit units of one of any valid kind.
std::size_t count_characters(std::string_view text) noexcept;
std::size_t count_units(std::string_view text) noexcept;

void append_as_latin1(std::string& out, std::string_view text); ///< of kind `latin1`
void append_as_utf16(std::string& out, std::string_view text);  ///< of any valid kind; little-endian
std::string from_latin1(std::string_view bytes);
std::string from_utf16(std::string_view bytes); ///< little-endian, an even number of bytes
/// What is no UTF-8 (surrogates among it) becomes U+FFFD, as the WHATWG has it: one for each part that could have begun
/// a character.
std::string from_utf8(std::string_view bytes);
/// Half surrogate pairs, which UTF-8 has not, become U+FFFD.
std::string without_lone_surrogates(std::string_view text);

/// Appends a character, or half a surrogate pair.
void append_character(std::string& out, char32_t c);

} // namespace parlance::js
