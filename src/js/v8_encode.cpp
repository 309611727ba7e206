#include "js/v8_encode.hpp"

#include "js/array_index.hpp"
#include "js/children.hpp"
#include "js/pattern.hpp"
#include "js/text.hpp"
#include "js/v8_format.hpp"

#include <parlance/error.hpp>
#include <parlance/js_types.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace parlance::js {
namespace {

using namespace v8;

constexpr std::size_t deepest_written = 1000;

class writer {
public:
    writer(std::string& out, dialect d) noexcept : out_(out), start_(out.size()), dialect_(d) {}

    void message(value const& v) {
        put(header);
        number(version);
        write(v, {});
    }

private:
    [[noreturn]] static void refuse(path const& where, std::string reason, std::string mend = {}) {
        throw failure(errc::invalid_argument,
                      {.input = where.text(), .reason = std::move(reason), .mend = std::move(mend)});
    }

    // ---- bytes

    void put(unsigned char byte) { out_.push_back(static_cast<char>(byte)); }
    void number(std::uint64_t n) {
        for (; n >= 0x80; n >>= 7) put(static_cast<unsigned char>(n | 0x80));
        put(static_cast<unsigned char>(n));
    }
    /// Lengths are 32-bit numbers on the wire.
    void length(std::size_t n, path const& where) {
        if (n > std::numeric_limits<std::uint32_t>::max()) refuse(where, "more than 4 GiB");
        number(n);
    }
    void real(double n) {
        if (std::isnan(n)) n = std::numeric_limits<double>::quiet_NaN();
        char bytes[sizeof n];
        std::memcpy(bytes, &n, sizeof n);
        out_.append(bytes, sizeof n);
    }
    void text(std::string_view s, path const& where) {
        switch (kind_of(s)) {
        case text_kind::ascii:
            put(latin1_string);
            length(s.size(), where);
            out_.append(s);
            break;
        case text_kind::latin1:
            put(latin1_string);
            length(count_characters(s), where);
            append_as_latin1(out_, s);
            break;
        case text_kind::wide: {
            auto const size = 2 * count_units(s);
            auto bytes_of_length = 1U;
            for (auto rest = size >> 7; rest != 0; rest >>= 7) ++bytes_of_length;
            if ((out_.size() - start_ + 1 + bytes_of_length) % 2 != 0) put(padding); // the units begin at an even byte
            put(utf16_string);
            length(size, where);
            append_as_utf16(out_, s);
            break;
        }
        case text_kind::invalid: refuse(where, "text that is not UTF-8", "use js::bytes for what is no text");
        }
    }
    void name(std::string_view s, path const& where) {
        auto const index = parse_array_index(s);
        if (!index) return text(s, where);
        write_number(*index);
    }
    static bool is_int32(double n) noexcept {
        return n >= std::numeric_limits<std::int32_t>::min() && n <= std::numeric_limits<std::int32_t>::max() &&
               n == std::trunc(n) && !(n == 0 && std::signbit(n));
    }
    void write_number(double n) {
        if (!is_int32(n)) {
            put(double_tag);
            return real(n);
        }
        auto const i = static_cast<std::int32_t>(n);
        put(int32_tag);
        number((static_cast<std::uint32_t>(i) << 1) ^ static_cast<std::uint32_t>(i >> 31));
    }
    void magnitude(bigint const& n, path const& where) {
        auto const limbs = n.magnitude();
        if (limbs.size() > (std::size_t{1} << 24)) refuse(where, "a bigint of more than 2^30 bits, which V8 has not");
        number(limbs.size_bytes() << 1 | (n.is_negative() ? 1 : 0));
        out_.append(reinterpret_cast<char const*>(limbs.data()), limbs.size_bytes());
    }

    // ---- values

    void write(value const& v, path const& where) {
        if (auto const* s = v.get_if<std::string>()) return text(*s, where);
        if (auto const* n = v.get_if<double>()) return write_number(*n);
        if (auto const* b = v.get_if<bool>()) return put(*b ? true_tag : false_tag);
        if (v.is_undefined()) return put(undefined_tag);
        if (v.is<std::nullptr_t>()) return put(null_tag);
        if (auto const* n = v.get_if<bigint>()) return put(bigint_tag), magnitude(*n, where);
        if (auto const* r = v.get_if<reference>()) return refer(*r, where);
        if (v.is<hole_t>()) refuse(where, "a hole outside an array");
        if (depth_ == deepest_written) refuse(where, "more than 1,000 objects in each other");
        ++depth_;
        write_object(v, where);
        --depth_;
    }

    void refer(reference r, path const& where) {
        if (r.object >= begun_)
            refuse(where, "a reference to object " + std::to_string(r.object) + " of the message, of which " +
                              std::to_string(begun_) + " are begun here");
        if (std::ranges::find(open_errors_, r.object) != open_errors_.end())
            refuse(where, "a reference to an Error inside it, which no V8 reads");
        put(reference_tag);
        number(r.object);
    }

    void write_object(value const& v, path const& where) {
        if (begun_ == std::numeric_limits<std::uint32_t>::max()) refuse(where, "more objects than V8 can count");
        ++begun_;
        if (auto const* o = v.get_if<object>()) {
            put(object_begin);
            members(*o, where);
            put(object_end);
            return number(o->size());
        }
        if (auto const* a = v.get_if<array>()) return write_array(*a, where);
        if (auto const* b = v.get_if<bytes>()) return write_bytes(*b, where);
        if (auto const* m = v.get_if<map>()) return write_map(*m, where);
        if (auto const* s = v.get_if<set>()) return write_set(*s, where);
        if (auto const* d = v.get_if<date>()) return put(date_tag), real(date(d->ms).ms);
        if (auto const* e = v.get_if<error>()) return write_error(*e, where);
        if (auto const* r = v.get_if<regexp>()) return write_regexp(*r, where);
        if (auto const* b = v.get_if<boxed>()) return write_boxed(b->primitive(), where);
    }

    void members(object const& o, path const& where) {
        for (auto const& [key, item] : o) {
            path const here(where, key);
            name(key, here);
            write(item, here);
        }
    }

    void write_array(array const& a, path const& where) {
        auto const size = a.items.size();
        if (size > last_array_index) refuse(where, "an array of more than 2^32 - 2 items");
        for (auto const& [key, item] : a.properties) {
            auto const index = parse_array_index(key);
            if ((index && *index < size) || key == "length")
                refuse(path(where, key), "a property of an array beside the item or length of that name");
        }
        auto const full = a.length();
        auto const is_hole = [](value const& item) { return item.is<hole_t>(); };
        bool const dense = full == size && std::ranges::none_of(a.items, is_hole);
        if (dense && a.properties.empty() && is_double_array(a.items)) return write_doubles(a.items);
        put(dense ? dense_begin : sparse_begin);
        number(full);
        std::size_t pairs = a.properties.size();
        for (std::size_t i = 0; i < size; ++i) {
            if (!dense) {
                if (is_hole(a.items[i])) continue;
                write_number(static_cast<double>(i));
                ++pairs;
            }
            write(a.items[i], {where, i});
        }
        members(a.properties, where);
        put(dense ? dense_end : sparse_end);
        number(pairs);
        number(full);
    }

    /// V8 keeps an array of nothing but numbers, not all of them small whole ones, as doubles, and writes it so.
    static bool is_double_array(std::vector<value> const& items) noexcept {
        auto const is_number = [](value const& item) { return item.is<double>(); };
        return !items.empty() && is_number(items.front()) && std::ranges::all_of(items, is_number) &&
               !std::ranges::all_of(items, [](value const& item) { return is_int32(*item.get_if<double>()); });
    }
    void write_doubles(std::vector<value> const& items) {
        put(dense_begin);
        number(items.size());
        for (auto const& item : items) {
            put(double_tag);
            real(*item.get_if<double>());
        }
        put(dense_end);
        number(0);
        number(items.size());
    }

    void write_map(map const& m, path const& where) {
        put(map_begin);
        for (std::size_t i = 0; i < m.entries.size(); ++i) {
            path const here(where, i);
            write(m.entries[i].first, here);
            write(m.entries[i].second, here);
        }
        put(map_end);
        number(2 * m.entries.size());
    }

    void write_set(set const& s, path const& where) {
        put(set_begin);
        for (std::size_t i = 0; i < s.items.size(); ++i) write(s.items[i], {where, i});
        put(set_end);
        number(s.items.size());
    }

    void write_error(error const& e, path const& where) {
        auto const found = std::ranges::find(error_classes, e.name, &error_class::name);
        if (found == error_classes.end() && e.name != "Error")
            refuse(where, "an Error named \"" + e.name + "\", which the wire cannot say",
                   "use Error, TypeError, RangeError, …");
        put(error_tag);
        if (found != error_classes.end()) put(static_cast<unsigned char>(found->part));
        if (e.message) put(message_part), text(*e.message, {where, "message"});
        if (e.stack) put(stack_part), text(*e.stack, {where, "stack"}); // before the cause: newer V8 wants it so
        if (e.cause) {
            put(cause_part);
            open_errors_.push_back(begun_ - 1);
            write(*e.cause, {where, "cause"});
            open_errors_.pop_back();
        }
        put(error_end);
    }

    void write_regexp(regexp const& r, path const& where) {
        auto const bits = flag_bits(r.flags);
        if (!bits) refuse(where, "flags that no RegExp has: \"" + r.flags + "\"", flags_are);
        put(regexp_tag);
        text(r.source, where);
        if (auto const fault = fault_of_pattern(r.source, r.flags))
            refuse(where, "no regular expression: " + std::string(fault->reason) + ", at character " +
                              std::to_string(fault->at + 1) + " of its source");
        number(*bits);
    }

    void write_boxed(value const& primitive, path const& where) {
        if (auto const* b = primitive.get_if<bool>()) return put(*b ? true_object : false_object);
        if (auto const* n = primitive.get_if<double>()) return put(number_object), real(*n);
        if (auto const* n = primitive.get_if<bigint>()) return put(bigint_object), magnitude(*n, where);
        put(string_object);
        text(primitive.as<std::string>(), where);
    }

    void write_bytes(bytes const& b, path const& where) {
        if (b.data.size() % element_bytes(b.what) != 0)
            refuse(where, std::string(name_of(b.what)) + " of " + std::to_string(b.data.size()) +
                              " bytes, which is no whole number of elements");
        if (b.what == view::array_buffer) {
            if (b.max_byte_length && *b.max_byte_length < b.data.size())
                refuse(where, "an ArrayBuffer that is larger than it may grow");
            put(b.max_byte_length ? resizable_buffer_tag : array_buffer_tag);
            length(b.data.size(), where);
            if (b.max_byte_length) length(*b.max_byte_length, where);
        } else {
            put(host_object);
            if (dialect_ == dialect::channel) put(0); // Node's word for "a view"
            number(static_cast<std::uint32_t>(b.what));
            length(b.data.size(), where);
        }
        out_.append(b.data);
    }

    std::string& out_;
    std::size_t const start_;
    dialect const dialect_;
    std::size_t depth_ = 0;
    std::size_t begun_ = 0;
    std::vector<std::size_t> open_errors_; ///< whose causes are being written
};

} // namespace

void v8_append(std::string& out, value const& v, dialect d) { writer(out, d).message(v); }

bool holds_what_is_looked_into(value const& v) {
    if (v.is<regexp>() || v.is<error>()) return true;
    bool found = false;
    each_child(v, [&](value const& child) { return !(found = holds_what_is_looked_into(child)); });
    return found;
}

std::string v8_encode(value const& v, dialect d) {
    std::string out;
    v8_append(out, v, d);
    return out;
}

} // namespace parlance::js
