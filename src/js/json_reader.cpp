#include "js/json_reader.hpp"

#include "base/text_place.hpp"
#include "js/array_index.hpp"
#include "js/text.hpp"

#include "wire/check_json.hpp"

#include <parlance/error.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace parlance::js {
namespace {

void require_json(std::string_view text) {
    auto const check = wire::check_json(text);
    if (check.state == wire::json_state::valid) return;
    auto const [line, column] = place_in(text, check.at);
    bool const cut_short = check.state == wire::json_state::cut_short;
    throw failure(errc::not_json, {.input = "message",
                                   .offset_bytes = check.at,
                                   .line = line,
                                   .column = column,
                                   .reason = cut_short ? "not JSON, it ends too early" : "not JSON",
                                   .mend = "expected " + std::string(check.expected)});
}

/// A number that is too large or too small for a double: which of both?
bool is_tiny(std::string_view text) noexcept {
    auto const e = text.find_first_of("eE");
    std::int64_t exponent = 0;
    if (e != text.npos) {
        auto digits = text.substr(e + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc())
            return digits.starts_with('-');
    }
    auto const mantissa = text.substr(0, e);
    auto const point = std::min(mantissa.find('.'), mantissa.size());
    auto const first = mantissa.find_first_of("123456789");
    auto const places = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    return places + exponent < 0;
}

/// Reads what is known to be JSON.
class reader {
public:
    explicit reader(std::string_view text) noexcept : p_(text.data()), end_(p_ + text.size()) {}

    value read() {
        space();
        switch (*p_) {
        case '{': return read_object();
        case '[': return read_array();
        case '"': return read_string();
        case 't': return p_ += 4, value(true);
        case 'f': return p_ += 5, value(false);
        case 'n': return p_ += 4, value(nullptr);
        default: return read_number();
        }
    }
    bool in_order() const noexcept { return in_order_; }

private:
    void space() noexcept {
        while (*p_ == ' ' || *p_ == '\n' || *p_ == '\t' || *p_ == '\r') ++p_;
    }
    /// Moves over `c` where it is next, white space aside.
    bool skip(char c) noexcept {
        space();
        if (*p_ != c) return false;
        ++p_;
        return true;
    }

    value read_object() {
        std::vector<object::member> members;
        std::int64_t last_index = -1;
        bool names_began = false;
        skip('{');
        while (!skip('}')) {
            space();
            auto name = read_string();
            if (auto const index = parse_array_index(name)) {
                in_order_ = in_order_ && !names_began && *index > last_index;
                last_index = *index;
            } else {
                names_began = true;
            }
            skip(':');
            auto item = read();
            members.emplace_back(std::move(name), std::move(item));
            skip(',');
        }
        return object(std::move(members));
    }

    value read_array() {
        array list;
        skip('[');
        while (!skip(']')) {
            list.items.push_back(read());
            skip(',');
        }
        return list;
    }

    value read_number() {
        double n = 0;
        auto const [behind, fault] = std::from_chars(p_, end_, n);
        if (fault == std::errc::result_out_of_range) {
            n = is_tiny({p_, behind}) ? 0 : std::numeric_limits<double>::infinity();
            if (*p_ == '-') n = -n;
        }
        p_ = behind;
        return n;
    }

    std::string read_string() {
        std::string out;
        for (++p_;;) {
            auto const* plain = p_;
            while (*p_ != '"' && *p_ != '\\') ++p_;
            out.append(plain, p_);
            if (*p_++ == '"') return out;
            read_escape(out);
        }
    }
    void read_escape(std::string& out) {
        switch (auto const c = *p_++) {
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u': read_unit(out); break;
        default: out += c;
        }
    }
    void read_unit(std::string& out) {
        auto const unit = [](char const* at) {
            unsigned u = 0;
            std::from_chars(at, at + 4, u, 16);
            return static_cast<char32_t>(u);
        };
        auto c = unit(p_);
        p_ += 4;
        if (c >= 0xD800 && c < 0xDC00 && end_ - p_ >= 6 && p_[0] == '\\' && p_[1] == 'u') {
            auto const low = unit(p_ + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                p_ += 6;
            }
        }
        append_character(out, c);
    }

    char const* p_;
    char const* const end_;
    bool in_order_ = true;
};

} // namespace

json_reading read_json(std::string_view text) {
    require_json(text);
    reader it(text);
    auto read = it.read();
    return {std::move(read), it.in_order()};
}

} // namespace parlance::js
