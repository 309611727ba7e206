#include "wire/check_json.hpp"

#include "wire/find.hpp"

#include <array>
#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace parlance::wire {
namespace {

using byte = unsigned char;

/// How many bytes the UTF-8 sequence at `p` has; 0 if it is none; -1 if `end` cuts it short.
int sequence_length(char const* p, char const* end) noexcept {
    auto const first = static_cast<byte>(*p);
    if (first < 0xC2 || first > 0xF4) return 0;
    int const length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    // The second byte's range rules out overlong forms, surrogates and what lies behind U+10FFFF.
    byte const low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    byte const high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    for (int i = 1; i < length; ++i) {
        if (p + i == end) return -1;
        auto const c = static_cast<byte>(p[i]);
        if (i == 1 ? c < low || c > high : (c & 0xC0) != 0x80) return 0;
    }
    return length;
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) noexcept { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

/// Walks over one text. Each step moves `p` behind what it knows, or sets the fault and says false.
class checker {
public:
    checker(std::string_view text, std::size_t spare) noexcept
        : begin_(text.data()), p_(begin_), end_(begin_ + text.size()), readable_(end_ + spare) {}

    json_check run() noexcept {
        if (document()) return {};
        return {state_, static_cast<std::size_t>(p_ - begin_), expected_};
    }

private:
    bool document() noexcept {
        enum { value, key, after } next = value;
        for (;;) {
            space();
            if (next == after && depth_ == 0) return p_ == end_ || fault("the end of the text");
            if (next == key) {
                if (!at('"')) return fault("a name in '\"'");
                if (!string()) return false;
                space();
                if (!at(':')) return fault("':'");
                ++p_;
                space();
            } else if (next == after) {
                if (p_ == end_) return fault(in_object() ? "',' or '}'" : "',' or ']'");
                if (*p_ == ',') {
                    ++p_;
                    next = in_object() ? key : value;
                    continue;
                }
                if (*p_ != (in_object() ? '}' : ']')) return fault(in_object() ? "',' or '}'" : "',' or ']'");
                ++p_;
                --depth_;
                continue;
            }
            if (p_ == end_) return fault("a value");
            if (*p_ == '{' || *p_ == '[') {
                if (!open()) return false;
                next = at(in_object() ? '}' : ']') ? after : in_object() ? key : value;
                if (next == value && p_ == end_) return fault("a value or ']'");
                if (next == key && !at('"')) return fault("a name in '\"' or '}'");
                continue;
            }
            if (!scalar()) return false;
            next = after;
        }
    }

    bool scalar() noexcept {
        switch (*p_) {
        case '"': return string();
        case 't': return word("true");
        case 'f': return word("false");
        case 'n': return word("null");
        default: return number();
        }
    }

    bool open() noexcept {
        if (depth_ == depth_limit) return fault("at most 1000 levels", true);
        auto const bit = std::uint64_t{1} << (depth_ % 64);
        auto& bits = objects_[depth_ / 64];
        bits = *p_ == '{' ? bits | bit : bits & ~bit;
        ++depth_;
        ++p_;
        space();
        return true;
    }

    bool string() noexcept {
        for (++p_;;) {
            skip_plain();
            if (p_ == end_) return fault("the end of the string");
            auto const c = static_cast<byte>(*p_);
            if (c == '"') {
                ++p_;
                return true;
            }
            if (c == '\\') {
                if (!escape()) return false;
            } else if (c < 0x20) {
                return fault("an escape for a control character");
            } else {
                int const length = sequence_length(p_, end_);
                if (length <= 0) return length == 0 ? fault("UTF-8", true) : (p_ = end_, fault("UTF-8"));
                p_ += length;
            }
        }
    }

    /// Moves to the first byte of a string that is not plain ASCII: a quote, a backslash, a control or a high byte.
    void skip_plain() noexcept {
#ifdef __SSE2__
        auto const quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), first_plain = _mm_set1_epi8(0x20);
        while (readable_ - p_ >= 16 && p_ < end_) {
            auto const block = _mm_loadu_si128(reinterpret_cast<__m128i const*>(p_));
            auto const stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)),
                                           _mm_cmplt_epi8(block, first_plain)); // signed: high bytes are below it too
            if (auto const mask = static_cast<unsigned>(_mm_movemask_epi8(stop))) {
                p_ = std::min(p_ + std::countr_zero(mask), end_);
                return;
            }
            p_ += 16;
        }
        p_ = std::min(p_, end_);
#endif
        while (p_ != end_ && static_cast<byte>(*p_) >= 0x20 && static_cast<byte>(*p_) < 0x80 && *p_ != '"' &&
               *p_ != '\\')
            ++p_;
    }

    bool escape() noexcept {
        if (++p_ == end_) return fault("the rest of an escape");
        switch (*p_++) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': return true;
        case 'u':
            for (int i = 0; i < 4; ++i, ++p_)
                if (p_ == end_ || !is_hex(*p_)) return fault("four hexadecimal digits");
            return true;
        default: return --p_, fault("one of \" \\ / b f n r t u behind a backslash");
        }
    }

    bool word(std::string_view which) noexcept {
        for (char const c : which) {
            if (!at(c)) return fault("'true', 'false' or 'null'");
            ++p_;
        }
        return true;
    }

    bool number() noexcept {
        auto const begin = p_;
        if (*p_ == '-') ++p_;
        if (!digits(p_ == begin ? "a value" : "a digit")) return false;
        auto const first = begin + (*begin == '-');
        if (*first == '0' && p_ - first > 1) return p_ = first + 1, fault("no digit behind a leading 0");
        if (at('.')) {
            ++p_;
            if (!digits("a digit")) return false;
        }
        if (p_ != end_ && (*p_ | 0x20) == 'e') {
            ++p_;
            if (at('+') || at('-')) ++p_;
            if (!digits("a digit of the exponent")) return false;
        }
        return true;
    }

    bool digits(std::string_view expected) noexcept {
        if (p_ == end_ || !is_digit(*p_)) return fault(expected);
        while (p_ != end_ && is_digit(*p_)) ++p_;
        return true;
    }

    bool at(char c) const noexcept { return p_ != end_ && *p_ == c; }
    void space() noexcept {
        while (p_ != end_ && static_cast<byte>(*p_) <= ' ' && is_space(*p_)) ++p_;
    }
    bool in_object() const noexcept { return objects_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1; }
    bool fault(std::string_view expected, bool always_invalid = false) noexcept {
        expected_ = expected;
        state_ = p_ == end_ && !always_invalid ? json_state::cut_short : json_state::invalid;
        return false;
    }

    char const* const begin_;
    char const* p_;
    char const* const end_;
    char const* const readable_;
    unsigned depth_ = 0;
    std::array<std::uint64_t, depth_limit / 64 + 1> objects_; // a bit for each open container: is it an object?
    json_state state_ = json_state::valid;
    std::string_view expected_{};
};

} // namespace

json_check check_json(std::string_view text, std::size_t spare) noexcept { return checker(text, spare).run(); }

} // namespace parlance::wire
