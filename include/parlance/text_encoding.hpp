#pragma once
/// Bytes as text and back, by Node's names.

#include <optional>
#include <string>
#include <string_view>

namespace parlance {

enum class text_encoding { utf8, hex, base64, base64url, latin1, ascii, utf16le };

std::string_view name_of(text_encoding) noexcept;
/// Node's names and their synonyms, in any case: "utf-8", "binary", "ucs2", …
std::optional<text_encoding> parse_text_encoding(std::string_view name) noexcept;

/// Bytes as a UTF-8 string, as Node's `buffer.toString(encoding)`: what is no UTF-8 becomes U+FFFD, and `ascii` drops
/// the high bit.
std::string text_of(std::string_view bytes, text_encoding how);
/// The bytes that a UTF-8 string spells, as Node's `Buffer.from(text, encoding)`: hex ends before the first pair that
/// is none, and base64 skips what is none.
std::string bytes_of(std::string_view text, text_encoding how);

} // namespace parlance
