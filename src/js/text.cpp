#include "js/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace parlance::js {
namespace {

using byte = unsigned char;

/// The length of the run of ASCII at the beginning.
std::size_t ascii_run(std::string_view text) noexcept {
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + 8 <= text.size(); at += 8) {
        std::memcpy(&word, text.data() + at, 8);
        if (word & 0x8080808080808080) break;
    }
    while (at < text.size() && static_cast<byte>(text[at]) < 0x80) ++at;
    return at;
}

struct sequence {
    std::size_t length; ///< 0: not even a beginning
    bool whole;         ///< else only a beginning
};

/// The sequence of more than one byte at `at`; surrogates are taken where `surrogates`.
sequence sequence_at(std::string_view text, std::size_t at, bool surrogates) noexcept {
    auto const first = static_cast<byte>(text[at]);
    if (first < 0xC2 || first > 0xF4) return {0, false};
    std::size_t const length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    byte const low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    byte const high = first == 0xED && !surrogates ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i == text.size()) return {i, false};
        auto const c = static_cast<byte>(text[at + i]);
        if (i == 1 ? c < low || c > high : (c & 0xC0) != 0x80) return {i, false};
    }
    return {length, true};
}

/// The character at `p`, of text that is valid; moves behind it.
char32_t next(char const*& p) noexcept {
    auto const at = [&](int i) { return static_cast<char32_t>(static_cast<byte>(p[i])); };
    auto const first = at(0);
    char32_t c = first;
    int length = 1;
    if (first >= 0xF0)
        c = (first & 7) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F), length = 4;
    else if (first >= 0xE0)
        c = (first & 0xF) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F), length = 3;
    else if (first >= 0x80)
        c = (first & 0x1F) << 6 | (at(1) & 0x3F), length = 2;
    p += length;
    return c;
}

char32_t unit_at(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<char32_t>(static_cast<byte>(bytes[at]) | static_cast<byte>(bytes[at + 1]) << 8);
}

bool is_surrogate(char32_t c, char32_t from) noexcept { return c >= from && c < from + 0x400; }

} // namespace

text_kind kind_of(std::string_view text) noexcept {
    auto kind = text_kind::ascii;
    for (auto at = ascii_run(text); at < text.size(); at += ascii_run(text.substr(at))) {
        auto const [length, whole] = sequence_at(text, at, true);
        if (!whole) return text_kind::invalid;
        kind = std::max(kind, static_cast<byte>(text[at]) <= 0xC3 ? text_kind::latin1 : text_kind::wide);
        at += length;
    }
    return kind;
}

std::size_t count_characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<byte>(c) & 0xC0) != 0x80; }));
}

std::size_t count_units(std::string_view text) noexcept {
    return count_characters(text) +
           static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return static_cast<byte>(c) >= 0xF0; }));
}

void append_as_latin1(std::string& out, std::string_view text) {
    for (auto const *p = text.data(), *end = p + text.size(); p != end;) out.push_back(static_cast<char>(next(p)));
}

void append_as_utf16(std::string& out, std::string_view text) {
    auto const put = [&](char32_t unit) {
        char const pair[] = {static_cast<char>(unit & 0xFF), static_cast<char>(unit >> 8)};
        out.append(pair, 2);
    };
    for (auto const *p = text.data(), *end = p + text.size(); p != end;) {
        auto const c = next(p);
        if (c < 0x10000) {
            put(c);
        } else {
            put(0xD800 + ((c - 0x10000) >> 10));
            put(0xDC00 + ((c - 0x10000) & 0x3FF));
        }
    }
}

void append_character(std::string& out, char32_t c) {
    auto const put = [&](char32_t b) { out.push_back(static_cast<char>(b)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            put(0xE0 | c >> 12);
        } else {
            put(0xF0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3F));
        }
        put(0x80 | (c >> 6 & 0x3F));
    }
    put(0x80 | (c & 0x3F));
}

std::string from_latin1(std::string_view bytes) {
    auto const plain = ascii_run(bytes);
    std::string out(bytes.substr(0, plain));
    for (auto const c : bytes.substr(plain)) append_character(out, static_cast<byte>(c));
    return out;
}

std::string from_utf16(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        auto c = unit_at(bytes, at);
        if (is_surrogate(c, 0xD800) && at + 2 < bytes.size() && is_surrogate(unit_at(bytes, at + 2), 0xDC00)) {
            c = 0x10000 + ((c - 0xD800) << 10) + (unit_at(bytes, at + 2) - 0xDC00);
            at += 2;
        }
        append_character(out, c);
    }
    return out;
}

std::string from_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        auto const plain = ascii_run(bytes.substr(at));
        out.append(bytes, at, plain);
        at += plain;
        if (at == bytes.size()) break;
        auto const [length, whole] = sequence_at(bytes, at, false);
        if (whole)
            out.append(bytes, at, length);
        else
            append_character(out, 0xFFFD);
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

std::string without_lone_surrogates(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (auto const *p = text.data(), *end = p + text.size(); p != end;) {
        auto const c = next(p);
        append_character(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
    }
    return out;
}

} // namespace parlance::js
