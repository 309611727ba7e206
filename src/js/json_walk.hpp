#pragma once
/// The walk of JSON.stringify: what becomes of each value. What it says goes to a sink, which writes text or builds.

#include "js/array_index.hpp"
#include "js/children.hpp"

#include "wire/check_json.hpp"

#include <parlance/error.hpp>
#include <parlance/js_types.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace parlance::js {

/// The sink has begin_object, name, end_object(n), begin_array, end_array(n), null, boolean, number, string, and
/// `too_large()`. `string` and `name` are false where the text is not UTF-8.
template <class Sink> class json_walk {
public:
    json_walk(Sink& sink, value const& root, std::vector<loss>* losses) : sink_(sink), root_(root), losses_(losses) {}

    /// False for what JSON.stringify makes undefined of: nothing was said to the sink.
    bool run() {
        if (root_.is_undefined()) return lose({}, "undefined is no message"), false;
        write(root_, {});
        return true;
    }

private:
    static constexpr std::size_t most_values = 16'000'000;
    static constexpr std::size_t most_losses = 1000;

    void lose(path const& where, std::string what) {
        if (losses_ && losses_->size() < most_losses) losses_->push_back({where.text(), std::move(what)});
    }
    [[noreturn]] static void refuse(path const& where, std::string reason, std::string mend = {}) {
        throw failure(errc::not_json, {.input = where.text(), .reason = std::move(reason), .mend = std::move(mend)});
    }
    void becomes(path const& where, value const& v, std::string_view what) {
        if (losses_) lose(where, std::string(v.what()) + " becomes " + std::string(what));
    }

    void write(value const& v, path const& where) {
        if (++values_ > most_values || sink_.too_large())
            refuse(where, "too large for JSON: what stands in several places is written again for each");
        if (auto const* s = v.get_if<std::string>()) return string(*s, where);
        if (auto const* n = v.get_if<double>()) return number(*n, v, where);
        if (auto const* b = v.get_if<bool>()) return sink_.boolean(*b);
        if (v.is<std::nullptr_t>()) return sink_.null();
        if (v.is_undefined() || v.is<hole_t>()) return becomes(where, v, "null"), sink_.null();
        if (v.is<bigint>())
            refuse(where, "a bigint, which JSON has not", "make it a string, or use advanced serialization");
        if (auto const* r = v.get_if<reference>()) return refer(*r, where);
        if (open_.size() == wire::depth_limit) refuse(where, "deeper than 1,000 levels");
        open_.push_back(&v);
        write_object(v, where);
        open_.pop_back();
    }

    void string(std::string_view s, path const& where) {
        if (!sink_.string(s))
            throw failure(errc::invalid_argument, {.input = where.text(), .reason = "text that is not UTF-8"});
        if (sink_.replaces_surrogates(s)) lose(where, "half a surrogate pair becomes U+FFFD");
    }

    void number(double n, value const& v, path const& where) {
        if (!std::isfinite(n)) return becomes(where, v, "null"), sink_.null();
        if (n == 0 && std::signbit(n)) lose(where, "-0 becomes 0");
        sink_.number(n);
    }

    void refer(reference r, path const& where) {
        if (objects_.empty()) collect(root_);
        if (r.object >= objects_.size())
            throw failure(errc::invalid_argument,
                          {.input = where.text(), .reason = "a reference to an object that is not there"});
        auto const* to = objects_[r.object];
        if (std::ranges::find(open_, to) != open_.end()) refuse(where, "a cycle, which JSON has not");
        lose(where, "an object in two places is written twice");
        write(*to, where);
    }
    void collect(value const& v) {
        if (!is_object(v)) return;
        objects_.push_back(&v);
        each_child(v, [&](value const& child) { return collect(child), true; });
    }

    void write_object(value const& v, path const& where) {
        if (auto const* o = v.get_if<object>()) return members(*o, where);
        if (auto const* a = v.get_if<array>()) return items(*a, where);
        if (auto const* b = v.get_if<bytes>()) return write_bytes(*b, v, where);
        if (auto const* d = v.get_if<date>()) {
            becomes(where, v, d->is_valid() ? "a string" : "null");
            if (auto const text = d->iso()) return void(sink_.string(*text));
            return sink_.null();
        }
        if (auto const* b = v.get_if<boxed>()) {
            becomes(where, v, b->primitive().what());
            return write(b->primitive(), where);
        }
        becomes(where, v, "{}");
        empty();
    }

    void empty() {
        sink_.begin_object();
        sink_.end_object(0);
    }

    void name(std::string_view n, path const& where) {
        if (!sink_.name(n))
            throw failure(errc::invalid_argument, {.input = where.text(), .reason = "a name that is not UTF-8"});
    }

    void members(object const& o, path const& where) {
        sink_.begin_object();
        std::size_t count = 0;
        for (auto const& [key, item] : o) {
            path const here(where, key);
            if (item.is_undefined()) {
                lose(here, "undefined is left out");
                continue;
            }
            name(key, here);
            write(item, here);
            ++count;
        }
        sink_.end_object(count);
    }

    void items(array const& a, path const& where) {
        sink_.begin_array();
        auto const length = a.length();
        if (length > a.items.size() && length - a.items.size() > most_values) refuse(where, "too many holes for JSON");
        for (std::uint32_t i = 0; i < length; ++i) {
            path const here(where, std::size_t{i});
            if (auto const* item = a.find(i)) {
                write(*item, here);
            } else {
                ++values_;
                lose(here, "a hole becomes null");
                sink_.null();
            }
        }
        for (auto const& [key, item] : a.properties)
            if (!parse_array_index(key)) lose({where, key}, "a named property of an array is left out");
        sink_.end_array(length);
    }

    void write_bytes(bytes const& b, value const& v, path const& where) {
        if (b.what == view::array_buffer || b.what == view::data_view) return becomes(where, v, "{}"), empty();
        if (b.what == view::bigint64 || b.what == view::biguint64) {
            if (!b.data.empty()) refuse(where, "bigints, which JSON has not", "use advanced serialization");
            return becomes(where, v, "{}"), empty();
        }
        values_ += b.data.size() / element_bytes(b.what);
        if (values_ > most_values) refuse(where, "too many bytes for JSON");
        bool const is_buffer = b.what == view::buffer;
        becomes(where, v, is_buffer ? "{\"type\":\"Buffer\",\"data\":[…]}" : "an object");
        sink_.begin_object();
        if (is_buffer) {
            sink_.name("type");
            sink_.string("Buffer");
            sink_.name("data");
            sink_.begin_array();
        }
        std::size_t count = 0;
        each_number(b, [&](double n) {
            if (!is_buffer) sink_.name(std::to_string(count));
            std::isfinite(n) ? sink_.number(n) : sink_.null();
            ++count;
        });
        if (is_buffer) sink_.end_array(count);
        sink_.end_object(is_buffer ? 2 : count);
    }

    template <class See> static void each_number(bytes const& b, See see) {
        auto const all = [&]<class Number>(Number) {
            for (std::size_t at = 0; at + sizeof(Number) <= b.data.size(); at += sizeof(Number)) {
                Number n;
                std::memcpy(&n, b.data.data() + at, sizeof n);
                see(static_cast<double>(n));
            }
        };
        switch (b.what) {
        case view::int8: return all(std::int8_t{});
        case view::int16: return all(std::int16_t{});
        case view::uint16: return all(std::uint16_t{});
        case view::int32: return all(std::int32_t{});
        case view::uint32: return all(std::uint32_t{});
        case view::float32: return all(float{});
        case view::float64: return all(double{});
        default: return all(std::uint8_t{});
        }
    }

    Sink& sink_;
    value const& root_;
    std::vector<loss>* losses_;
    std::vector<value const*> open_;    ///< what we are in
    std::vector<value const*> objects_; ///< by their numbers; made for the first reference
    std::size_t values_ = 0;
};

} // namespace parlance::js
