#pragma once
/// The bytes of V8's format: numbers, strings, names, tags.

#include "js/v8_format.hpp"

#include <cstring>
#include <string_view>

namespace parlance::js::v8 {

/// What has no right to be there, and where; none: `what` is empty.
struct fault {
    std::string_view what{}; ///< a literal
    std::size_t at = 0;
};

/// Moves over a message. Each step gives what it read and moves behind it, or notes the fault and is false.
class byte_reader {
public:
    explicit byte_reader(std::string_view data) noexcept
        : begin_(data.data()), p_(begin_), end_(begin_ + data.size()) {}

    fault const& why() const noexcept { return fault_; }
    std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - p_); }
    /// Notes the first fault.
    bool failed(std::string_view what) noexcept {
        if (fault_.what.empty()) fault_ = {what, static_cast<std::size_t>(p_ - begin_)};
        return false;
    }
    void skip() noexcept { ++p_; } ///< what was peeked at
    void back() noexcept { --p_; } ///< so that a fault is told where its tag stands

    bool byte(unsigned char expected) noexcept {
        if (p_ == end_ || static_cast<unsigned char>(*p_) != expected) return false;
        ++p_;
        return true;
    }
    void skip_padding() noexcept {
        while (byte(padding)) {}
    }
    /// A varint. What is longer than 32 bits loses its upper ones, as in V8.
    bool number(std::uint32_t& into) noexcept {
        if (p_ != end_ && static_cast<signed char>(*p_) >= 0) return into = static_cast<unsigned char>(*p_++), true;
        into = 0;
        for (unsigned shift = 0; p_ != end_; shift += 7) {
            auto const byte = static_cast<unsigned char>(*p_++);
            if (shift < 32) into |= static_cast<std::uint32_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return true;
        }
        return failed("it ends inside a number");
    }
    bool real(double& into) noexcept {
        if (left() < sizeof into) return failed("it ends inside a number");
        std::memcpy(&into, p_, sizeof into);
        p_ += sizeof into;
        return true;
    }
    bool raw(std::string_view& into, std::size_t size) noexcept {
        if (size > left()) return failed("a length that runs past the end");
        into = {p_, size};
        p_ += size;
        return true;
    }
    bool sized(std::string_view& into) noexcept {
        std::uint32_t size = 0;
        return number(size) && raw(into, size);
    }
    bool peek(unsigned char& into) noexcept {
        skip_padding();
        if (p_ == end_) return failed("it ends before the value does");
        into = static_cast<unsigned char>(*p_);
        return true;
    }
    /// The next tag; counts of objects before it are skipped.
    bool next_tag(unsigned char& into) noexcept {
        for (std::uint32_t ignored = 0; peek(into);) {
            ++p_;
            if (into != object_count) return true;
            if (!number(ignored)) return false;
        }
        return false;
    }
    /// What follows the tag `t` of a string.
    bool text_of(unsigned char t, wire_text& into) noexcept {
        into.in = t == latin1_string  ? wire_text::form::latin1
                  : t == utf16_string ? wire_text::form::utf16
                                      : wire_text::form::utf8;
        if (!sized(into.bytes)) return false;
        return t != utf16_string || into.bytes.size() % 2 == 0 || failed("a string of 16-bit units with an odd length");
    }
    static bool is_text(unsigned char t) noexcept {
        return t == latin1_string || t == utf16_string || t == utf8_string;
    }
    bool text(wire_text& into) noexcept {
        unsigned char t = 0;
        if (!next_tag(t)) return false;
        return is_text(t) ? text_of(t, into) : (--p_, failed("something else where a string must stand"));
    }
    bool name(wire_name& into) noexcept {
        unsigned char t = 0;
        if (!next_tag(t)) return false;
        into.is_number = !is_text(t);
        if (!into.is_number) return text_of(t, into.text);
        std::uint32_t n = 0;
        switch (t) {
        case int32_tag: return number(n) && (into.number = unzigzag(n), true);
        case uint32_tag: return number(n) && (into.number = n, true);
        case double_tag: return real(into.number);
        default: return --p_, failed("a name that is neither a string nor a number");
        }
    }
    static std::int32_t unzigzag(std::uint32_t n) noexcept {
        return static_cast<std::int32_t>((n >> 1) ^ (0 - (n & 1)));
    }

private:
    char const* const begin_;
    char const* p_;
    char const* const end_;
    fault fault_{};
};

} // namespace parlance::js::v8
