#include "js/array_index.hpp"
#include "js/base64.hpp"
#include "js/json_text.hpp"
#include "js/number_text.hpp"

#include "wire/check_json.hpp"

#include <parlance/error.hpp>
#include <parlance/js_types.hpp>

#include <algorithm>
#include <cmath>

namespace parlance::js {
namespace {

/// An array with more is written by name: {"$array":{"0":1,"length":1000000}}.
constexpr std::ptrdiff_t most_holes = 1000;

/// A decimal bigint takes time in the square of its length.
constexpr std::size_t longest_decimal_limbs = 1024;

class tagged_writer {
public:
    explicit tagged_writer(std::string& out) : out_(out) {}

    void write(value const& v, path const& where) {
        if (auto const* s = v.get_if<std::string>()) return string(*s, where);
        if (auto const* n = v.get_if<double>()) return number(*n);
        if (auto const* b = v.get_if<bool>()) return word(*b ? "true" : "false");
        if (v.is<std::nullptr_t>()) return word("null");
        if (v.is_undefined()) return word(R"({"$undefined":true})");
        if (v.is<hole_t>())
            throw failure(errc::invalid_argument, {.input = where.text(), .reason = "a hole outside an array"});
        if (auto const* n = v.get_if<bigint>()) {
            auto const text = n->magnitude().size() > longest_decimal_limbs ? n->to_hex() : n->to_string();
            return word(R"({"$bigint":")"), word(text), word("\"}");
        }
        if (auto const* r = v.get_if<reference>()) return refer(*r, where);
        if (v.is<regexp>()) regexps_.push_back({begun_, v.get_if<regexp>()});
        ++begun_;
        write_object(v, where);
    }

private:
    void word(std::string_view w) { out_ += w; }
    /// One level of JSON more, until it goes.
    class level {
    public:
        level(tagged_writer& of, path const& where, std::size_t levels = 1) : of_(of), levels_(levels) {
            of_.depth_ += levels;
            if (of_.depth_ > wire::depth_limit)
                throw failure(errc::not_json, {.input = where.text(), .reason = "deeper than 1,000 levels of JSON"});
        }
        level(level const&) = delete;
        level& operator=(level const&) = delete;
        ~level() { of_.depth_ -= levels_; }

    private:
        tagged_writer& of_;
        std::size_t levels_;
    };

    void string(std::string_view s, path const& where) {
        if (!append_json_string(out_, s))
            throw failure(errc::invalid_argument, {.input = where.text(),
                                                   .reason = "text that is not UTF-8",
                                                   .mend = "use js::bytes for what is no text"});
    }
    void number(double n) {
        auto const text = n == 0 && std::signbit(n) ? "-0" : number_text(n);
        if (std::isfinite(n) && text != "-0") return word(text);
        word(R"({"$number":")"), word(text), word("\"}");
    }

    void refer(reference r, path const& where) {
        if (r.object >= begun_)
            throw failure(errc::invalid_argument,
                          {.input = where.text(), .reason = "a reference to an object that has not begun"});
        auto const at = std::ranges::lower_bound(regexps_, r.object, {}, &numbered_regexp::number);
        if (at != regexps_.end() && at->number == r.object) return write_regexp(*at->it, where);
        word(R"({"$ref":)"), word(std::to_string(r.object - static_cast<std::size_t>(at - regexps_.begin()))),
            word("}");
    }

    void write_object(value const& v, path const& where) {
        if (auto const* o = v.get_if<object>()) return write_members(*o, where);
        if (auto const* a = v.get_if<array>()) return write_array(*a, where);
        if (auto const* m = v.get_if<map>()) return write_map(*m, where);
        if (auto const* s = v.get_if<set>()) return write_set(*s, where);
        if (auto const* e = v.get_if<error>()) return write_error(*e, where);
        if (auto const* r = v.get_if<regexp>()) return write_regexp(*r, where);
        if (auto const* b = v.get_if<bytes>()) return write_bytes(*b, where);
        level const deeper(*this, where, 2);
        if (auto const* d = v.get_if<date>()) {
            auto const text = d->iso();
            return word(R"({"$date":)"), word(text ? '"' + *text + '"' : "null"), word("}");
        }
        word(R"({"$boxed":)");
        write(v.as<boxed>().primitive(), where);
        word("}");
    }

    void write_members(object const& o, path const& where) {
        bool const like_tag = o.size() == 1 && o.begin()->first.starts_with('$');
        level const deeper(*this, where, like_tag ? 2 : 1);
        if (like_tag) word(R"({"$object":)");
        members(o, where);
        if (like_tag) word("}");
    }
    void members(object const& o, path const& where, std::string_view more = {}) {
        word("{");
        bool follows = false;
        for (auto const& [key, item] : o) {
            path const here(where, key);
            if (std::exchange(follows, true)) word(",");
            string(key, here);
            word(":");
            write(item, here);
        }
        if (follows && !more.empty()) word(",");
        word(more);
        word("}");
    }

    void write_array(array const& a, path const& where) {
        auto const is_item = [](value const& item) { return !item.is<hole_t>(); };
        auto const is_index = [](object::member const& m) { return parse_array_index(m.first).has_value(); };
        auto const indexed = std::ranges::count_if(a.properties, is_index);
        auto const holes = a.length() - std::ranges::count_if(a.items, is_item) - indexed;
        level const deeper(*this, where, 2);
        if (static_cast<std::size_t>(indexed) < a.properties.size() || holes > most_holes)
            return write_named_array(a, where);
        word("[");
        for (std::uint32_t i = 0; i < a.length(); ++i) {
            if (i != 0) word(",");
            if (auto const* item = a.find(i))
                write(*item, {where, std::size_t{i}});
            else
                word(R"({"$hole":true})");
        }
        word("]");
    }
    /// What a list of JSON cannot say: by name, the length last.
    void write_named_array(array const& a, path const& where) {
        word(R"({"$array":{)");
        for (std::size_t i = 0; i < a.items.size(); ++i) {
            if (a.items[i].is<hole_t>()) continue;
            word("\""), word(std::to_string(i)), word("\":");
            write(a.items[i], {where, i});
            word(",");
        }
        for (auto const& [key, item] : a.properties) {
            path const here(where, key);
            auto const index = parse_array_index(key);
            if ((index && *index < a.items.size()) || key == "length")
                throw failure(
                    errc::invalid_argument,
                    {.input = here.text(), .reason = "a property of an array beside the item or length of that name"});
            string(key, here);
            word(":");
            write(item, here);
            word(",");
        }
        word(R"("length":)"), word(std::to_string(a.length())), word("}}");
    }

    void write_map(map const& m, path const& where) {
        level const deeper(*this, where, 3);
        word(R"({"$map":[)");
        for (std::size_t i = 0; i < m.entries.size(); ++i) {
            path const here(where, i);
            word(i == 0 ? "[" : ",[");
            write(m.entries[i].first, here);
            word(",");
            write(m.entries[i].second, here);
            word("]");
        }
        word("]}");
    }

    void write_set(set const& s, path const& where) {
        level const deeper(*this, where, 2);
        word(R"({"$set":[)");
        for (std::size_t i = 0; i < s.items.size(); ++i) {
            if (i != 0) word(",");
            write(s.items[i], {where, i});
        }
        word("]}");
    }

    void write_error(error const& e, path const& where) {
        level const deeper(*this, where, 2);
        word(R"({"$error":{"name":)");
        string(e.name, where);
        if (e.message) word(R"(,"message":)"), string(*e.message, where);
        if (e.stack) word(R"(,"stack":)"), string(*e.stack, where);
        if (e.cause) {
            word(R"(,"cause":)");
            write(*e.cause, {where, "cause"});
        }
        word("}}");
    }

    void write_regexp(regexp const& r, path const& where) {
        level const deeper(*this, where, 2);
        word(R"({"$regexp":[)");
        string(r.source, where);
        word(",");
        string(r.flags, where);
        word("]}");
    }

    void write_bytes(bytes const& b, path const& where) {
        level const deeper(*this, where, 2);
        word(R"({"$bytes":[")"), word(name_of(b.what)), word(R"(",")");
        append_base64(out_, b.data);
        word("\"");
        if (b.max_byte_length) word(","), word(std::to_string(*b.max_byte_length));
        word("]}");
    }

    struct numbered_regexp {
        std::size_t number;
        regexp const* it;
    };
    std::string& out_;
    std::size_t depth_ = 0;
    std::size_t begun_ = 0; ///< objects, as `reference` counts them
    std::vector<numbered_regexp> regexps_;
};

} // namespace

std::string to_tagged_json(value const& v) {
    std::string out;
    tagged_writer(out).write(v, {});
    return out;
}

} // namespace parlance::js
