#include "js/array_index.hpp"
#include "js/base64.hpp"
#include "js/json_reader.hpp"
#include "js/v8_format.hpp"

#include <parlance/error.hpp>
#include <parlance/js_types.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace parlance::js {
namespace {

[[noreturn]] void refuse(path const& where, std::string reason, std::string mend = {}) {
    throw failure(errc::invalid_argument,
                  {.input = where.text(), .reason = std::move(reason), .mend = std::move(mend)});
}

/// Makes values of plain ones whose tags are objects with one name.
class untagger {
public:
    explicit untagger(bool in_order) noexcept : in_order_(in_order) {}

    /// What may stand anywhere; `read` gives holes too, which only arrays have.
    value read_whole(value& v, path const& where) {
        auto made = read(v, where);
        if (made.is<hole_t>()) refuse(where, "a hole outside an array");
        return made;
    }

private:
    value read(value& v, path const& where) {
        if (auto* a = v.get_if<array>()) return read_array(*a, where);
        auto* o = v.get_if<object>();
        if (!o) return std::move(v);
        if (o->size() != 1 || !o->begin()->first.starts_with('$')) return read_object(*o, where);
        auto const tag = o->begin()->first;
        path const here(where, tag);
        for (auto const& known : forms)
            if (known.tag == tag) return (this->*known.read)(*o->find(tag), here);
        refuse(here, "an unknown form", "a plain object whose only name begins with $ is written {\"$object\":{…}}");
    }

    struct form {
        std::string_view tag;
        value (untagger::*read)(value&, path const&);
    };
    static form const forms[14];

    // ---- objects, which count

    void begin(bool counts_for_ref = true) {
        if (counts_for_ref) ours_.push_back(begun_);
        ++begun_;
    }

    value read_object(object& o, path const& where) {
        begin();
        std::vector<object::member> members;
        members.reserve(o.size());
        for (auto const& [name, item] : o) members.emplace_back(name, read_whole(*o.find(name), {where, name}));
        return object(std::move(members));
    }
    value read_array(array& a, path const& where) {
        begin();
        std::vector<value> items;
        items.reserve(a.items.size());
        for (std::size_t i = 0; i < a.items.size(); ++i) items.push_back(read(a.items[i], {where, i}));
        auto const length = items.size();
        while (!items.empty() && items.back().is<hole_t>()) items.pop_back(); // as `v8_decode` has it
        array made(std::move(items));
        made.set_length(static_cast<std::uint32_t>(length));
        return made;
    }
    value read_plain(value& v, path const& where) { return read_object(need<object>(v, where, "an object"), where); }

    value read_named_array(value& v, path const& where) {
        begin();
        auto& o = need<object>(v, where, "an object");
        array made;
        std::vector<object::member> properties;
        double length = -1;
        for (auto const& [name, plain] : o) {
            path const here(where, name);
            auto* item = o.find(name);
            if (name == "length") {
                length = need<double>(*item, here, "a number");
            } else if (auto const index = parse_array_index(name); index && *index == made.items.size()) {
                made.items.push_back(read_whole(*item, here));
            } else {
                properties.emplace_back(name, read_whole(*item, here));
            }
        }
        made.properties = object(std::move(properties));
        if (!(length >= made.length() && length <= 4294967295.0 && length == std::trunc(length)))
            refuse(where, "an array needs a length that its items fit in", "\"length\": a whole number");
        made.set_length(static_cast<std::uint32_t>(length));
        return made;
    }

    value read_map(value& v, path const& where) {
        begin();
        map made;
        auto& list = need_list(v, where);
        for (std::size_t i = 0; i < list.size(); ++i) {
            path const here(where, i);
            auto* pair = list[i].get_if<array>();
            if (!pair || pair->items.size() != 2) refuse(here, "not [key, value]");
            auto key = read_whole(pair->items[0], here);
            auto item = read_whole(pair->items[1], here);
            made.entries.emplace_back(std::move(key), std::move(item));
        }
        return made;
    }
    value read_set(value& v, path const& where) {
        begin();
        set made;
        auto& list = need_list(v, where);
        for (std::size_t i = 0; i < list.size(); ++i) made.items.push_back(read_whole(list[i], {where, i}));
        return made;
    }

    value read_error(value& v, path const& where) {
        begin();
        auto& o = need<object>(v, where, "an object");
        error made;
        for (auto const& [name, plain] : o) {
            path const here(where, name);
            auto* part = o.find(name);
            if (name == "name")
                made.name = need<std::string>(*part, here, "a string");
            else if (name == "message")
                made.message = need<std::string>(*part, here, "a string");
            else if (name == "stack")
                made.stack = need<std::string>(*part, here, "a string");
            else if (name == "cause")
                made.cause = std::make_unique<value>(read_whole(*part, here));
            else
                refuse(here, "a part that no $error has", "name, message, stack and cause");
        }
        return made;
    }

    value read_date(value& v, path const& where) {
        begin();
        if (v.is<std::nullptr_t>()) return date();
        return told(where, [&] { return date::parse_iso(need<std::string>(v, where, "a string or null")); });
    }

    value read_boxed(value& v, path const& where) {
        begin();
        auto primitive = read(v, where);
        return told(where, [&] { return boxed(std::move(primitive)); });
    }

    value read_regexp(value& v, path const& where) {
        begin(false);
        auto& list = need_list(v, where);
        if (list.size() != 2) refuse(where, "not [\"source\", \"flags\"]");
        auto const bits = v8::flag_bits(need<std::string>(list[1], where, "a string"));
        if (!bits) refuse(where, "flags that no RegExp has", v8::flags_are);
        return regexp{need<std::string>(list[0], where, "a string"), v8::flag_letters(*bits)};
    }

    value read_bytes(value& v, path const& where) {
        begin();
        auto& list = need_list(v, where);
        if (list.size() != 2 && list.size() != 3) refuse(where, "not [\"Buffer\", \"base64\"]");
        auto const what = parse_view(need<std::string>(list[0], where, "a string"));
        if (!what) refuse(where, "an unknown kind of bytes", "Buffer, ArrayBuffer, DataView, Uint8Array, …");
        auto data = from_base64(need<std::string>(list[1], where, "a string"));
        if (!data) refuse(where, "not base64");
        bytes made{*what, std::move(*data), {}};
        if (list.size() == 3) {
            auto const most = need<double>(list[2], where, "a number");
            if (*what != view::array_buffer ||
                !(most >= static_cast<double>(made.data.size()) && most <= 4294967295.0 && most == std::trunc(most)))
                refuse(where, "not the size to which an ArrayBuffer can grow");
            made.max_byte_length = static_cast<std::size_t>(most);
        }
        if (made.data.size() % element_bytes(*what) != 0) refuse(where, "no whole number of elements");
        return made;
    }

    // ---- what does not count

    value read_undefined(value& v, path const& where) { return need_true(v, where), value(); }
    value read_hole(value& v, path const& where) { return need_true(v, where), value(hole); }
    value read_bigint(value& v, path const& where) {
        return told(where, [&] { return bigint::parse(need<std::string>(v, where, "a string")); });
    }
    value read_number(value& v, path const& where) {
        constexpr auto infinity = std::numeric_limits<double>::infinity();
        auto const& text = need<std::string>(v, where, "a string");
        if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
        if (text == "Infinity") return infinity;
        if (text == "-Infinity") return -infinity;
        if (text == "-0") return -0.0;
        refuse(where, "not NaN, Infinity, -Infinity or -0");
    }
    value read_ref(value& v, path const& where) {
        auto const* n = v.get_if<double>();
        if (!n || !(*n >= 0 && *n < static_cast<double>(ours_.size()) && *n == std::trunc(*n)))
            refuse(where, "no object of that number has begun here",
                   "they are counted from 0, the whole message first");
        if (!in_order_)
            refuse(where, "beside a $ref, names like array indexes must stand first in their objects, ascending");
        return reference{ours_[static_cast<std::size_t>(*n)]};
    }

    // ---- helpers

    template <class T> static T& need(value& v, path const& where, std::string_view what) {
        if (auto* it = v.get_if<T>()) return *it;
        refuse(where, std::string(v.what()) + ", not " + std::string(what));
    }
    static std::vector<value>& need_list(value& v, path const& where) {
        return need<array>(v, where, "an array").items;
    }
    static void need_true(value& v, path const& where) {
        if (!need<bool>(v, where, "true")) refuse(where, "false, not true");
    }
    /// The same fault, with the place in the message.
    template <class Make> static value told(path const& where, Make make) {
        try {
            return make();
        } catch (failure const& fault) {
            if (fault.details().input == where.text()) throw;
            refuse(where, fault.message(), fault.details().mend);
        }
    }

    bool const in_order_;
    std::size_t begun_ = 0;         ///< objects, as `reference` counts them
    std::vector<std::size_t> ours_; ///< their numbers, by those that `$ref` counts
};

untagger::form const untagger::forms[14] = {{"$undefined", &untagger::read_undefined},
                                            {"$bigint", &untagger::read_bigint},
                                            {"$number", &untagger::read_number},
                                            {"$date", &untagger::read_date},
                                            {"$regexp", &untagger::read_regexp},
                                            {"$map", &untagger::read_map},
                                            {"$set", &untagger::read_set},
                                            {"$error", &untagger::read_error},
                                            {"$bytes", &untagger::read_bytes},
                                            {"$boxed", &untagger::read_boxed},
                                            {"$ref", &untagger::read_ref},
                                            {"$hole", &untagger::read_hole},
                                            {"$object", &untagger::read_plain},
                                            {"$array", &untagger::read_named_array}};

value untag(value plain, bool in_order) {
    untagger it(in_order);
    return it.read_whole(plain, {});
}

bool is_in_order(json::value const& v) {
    if (auto const* list = v.if_array()) return std::ranges::all_of(*list, is_in_order);
    auto const* o = v.if_object();
    if (!o) return true;
    std::int64_t last_index = -1;
    for (auto const& [name, item] : *o) {
        auto const index = parse_array_index(name);
        if (index && *index <= last_index) return false;
        last_index = index ? std::int64_t{*index} : std::numeric_limits<std::int64_t>::max();
        if (!is_in_order(item)) return false;
    }
    return true;
}

} // namespace

value from_tagged_json(std::string_view text) {
    auto plain = read_json(text);
    return untag(std::move(plain.read), plain.in_order);
}

value from_tagged_json(json::value const& v) { return untag(value(v), is_in_order(v)); }

} // namespace parlance::js
