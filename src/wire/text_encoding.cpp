#include <parlance/text_encoding.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace parlance {
namespace {

using enum text_encoding;

constexpr std::array names{
    std::pair{utf8, std::string_view("utf8")},       std::pair{hex, std::string_view("hex")},
    std::pair{base64, std::string_view("base64")},   std::pair{base64url, std::string_view("base64url")},
    std::pair{latin1, std::string_view("latin1")},   std::pair{ascii, std::string_view("ascii")},
    std::pair{utf16le, std::string_view("utf16le")}, std::pair{utf8, std::string_view("utf-8")},
    std::pair{latin1, std::string_view("binary")},   std::pair{utf16le, std::string_view("ucs2")},
    std::pair{utf16le, std::string_view("ucs-2")},   std::pair{utf16le, std::string_view("utf-16le")}};

constexpr std::string_view digits16 = "0123456789abcdef";
constexpr std::string_view digits64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr unsigned byte(char c) noexcept { return static_cast<unsigned char>(c); }
constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

void append_utf8(std::string& out, std::uint32_t c) {
    auto const tail = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | (c >> 6)), tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | (c >> 12)), tail(6), tail(0);
    } else {
        out += static_cast<char>(0xf0 | (c >> 18)), tail(12), tail(6), tail(0);
    }
}

struct decoded {
    std::uint32_t character = 0xfffd;
    std::size_t size = 1; ///< bytes that it took: of what is no UTF-8, the longest part that could have become some
};

/// The character at the front of UTF-8, as the WHATWG decoder reads it, which is Node's.
decoded first_character(std::string_view bytes) noexcept {
    auto const first = byte(bytes[0]);
    if (first < 0x80) return {first, 1};
    std::size_t const size = first >= 0xc2 && first <= 0xdf   ? 2
                             : (first & 0xf0) == 0xe0         ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
    if (size == 0) return {};
    std::uint32_t c = first & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        auto const next = i < bytes.size() ? byte(bytes[i]) : 0u;
        unsigned const least = i > 1 ? 0x80 : first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        unsigned const most = i > 1 ? 0xbf : first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (next < least || next > most) return {0xfffd, i};
        c = c << 6 | (next & 0x3f);
    }
    return {c, size};
}

template <class See> void each_character(std::string_view utf8_text, See see) {
    while (!utf8_text.empty()) {
        auto const [character, size] = first_character(utf8_text);
        see(character);
        utf8_text.remove_prefix(size);
    }
}

std::string to_base64(std::string_view bytes, bool url) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto const at = [&](std::size_t j) { return i + j < bytes.size() ? byte(bytes[i + j]) : 0u; };
        auto const three = at(0) << 16 | at(1) << 8 | at(2);
        auto const count = std::min<std::size_t>(bytes.size() - i, 3) + 1;
        for (std::size_t j = 0; j < count; ++j) out += digits64[three >> (18 - 6 * j) & 63];
        if (!url) out.append(4 - count, '=');
    }
    if (url) std::ranges::replace(out, '+', '-'), std::ranges::replace(out, '/', '_');
    return out;
}

std::string from_base64(std::string_view text) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (char c : text) {
        if (c == '=') break;
        c = c == '-' ? '+' : c == '_' ? '/' : c;
        auto const digit = digits64.find(c);
        if (digit == digits64.npos) continue;
        held = held << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits >= 8) bits -= 8, out += static_cast<char>(held >> bits & 0xff);
    }
    return out;
}

std::string from_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        auto const high = digits16.find(lower(text[i])), low = digits16.find(lower(text[i + 1]));
        if (high == digits16.npos || low == digits16.npos) break;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

std::string to_utf16(std::string_view text) {
    std::string out;
    auto const put = [&](std::uint32_t unit) {
        (out += static_cast<char>(unit & 0xff)) += static_cast<char>(unit >> 8);
    };
    each_character(text, [&](std::uint32_t c) {
        if (c < 0x10000) return put(c);
        put(0xd800 + ((c - 0x10000) >> 10));
        put(0xdc00 + ((c - 0x10000) & 0x3ff));
    });
    return out;
}

std::string from_utf16(std::string_view bytes) {
    std::string out;
    auto const unit = [&](std::size_t i) {
        return i + 1 < bytes.size() ? byte(bytes[i]) | byte(bytes[i + 1]) << 8 : 0u;
    };
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        std::uint32_t c = unit(i);
        auto const next = unit(i + 2);
        if (c >= 0xd800 && c < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
            c = 0x10000 + ((c - 0xd800) << 10) + (next - 0xdc00);
            i += 2;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        append_utf8(out, c);
    }
    return out;
}

} // namespace

std::string_view name_of(text_encoding which) noexcept {
    for (auto const& [value, name] : names)
        if (value == which) return name;
    return "unknown encoding";
}

std::optional<text_encoding> parse_text_encoding(std::string_view name) noexcept {
    for (auto const& [value, known] : names)
        if (std::ranges::equal(name, known, {}, lower)) return value;
    return std::nullopt;
}

std::string text_of(std::string_view bytes, text_encoding how) {
    std::string out;
    switch (how) {
    case utf8: each_character(bytes, [&](std::uint32_t c) { append_utf8(out, c); }); break;
    case hex:
        for (char const c : bytes) (out += digits16[byte(c) >> 4]) += digits16[byte(c) & 15];
        break;
    case base64:
    case base64url: return to_base64(bytes, how == base64url);
    case latin1:
        for (char const c : bytes) append_utf8(out, byte(c));
        break;
    case ascii:
        for (char const c : bytes) out += static_cast<char>(byte(c) & 0x7f);
        break;
    case utf16le: return from_utf16(bytes);
    }
    return out;
}

std::string bytes_of(std::string_view text, text_encoding how) {
    std::string out;
    switch (how) {
    case utf8: return std::string(text);
    case hex: return from_hex(text);
    case base64:
    case base64url: return from_base64(text);
    case latin1:
    case ascii: each_character(text, [&](std::uint32_t c) { out += static_cast<char>(c & 0xff); }); break;
    case utf16le: return to_utf16(text);
    }
    return out;
}

} // namespace parlance
