#pragma once
/// Random values that Node takes as they are: no key of a Map twice, no RegExp that is none.

#include <parlance/js.hpp>

#include <algorithm>
#include <random>

namespace parlance::js {

class random_values {
public:
    explicit random_values(unsigned seed, bool resizable = true) : random_(seed), resizable_(resizable) {}

    value next() {
        begun_ = 0;
        left_ = 40;
        return any(0);
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }
    template <class List> auto pick(List const& list) { return list[below(std::size(list))]; }

    double number() {
        constexpr double odd[] = {0,
                                  -0.0,
                                  1,
                                  -1,
                                  63,
                                  -65,
                                  2147483647,
                                  2147483648,
                                  -2147483648,
                                  9007199254740992,
                                  1.5,
                                  1e21,
                                  1e-7,
                                  5e-324,
                                  1.7976931348623157e308,
                                  0.1,
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity(),
                                  std::numeric_limits<double>::quiet_NaN()};
        if (below(2) == 0) return pick(odd);
        return below(2) ? static_cast<double>(random_()) - 2147483648
                        : static_cast<double>(random_()) / (1 + static_cast<double>(below(1000)));
    }
    std::string text() {
        constexpr char const* letters[] = {"a",
                                           "Z",
                                           "0",
                                           "\"",
                                           "\\",
                                           "\n",
                                           "\xC3\xA9",
                                           "\xC3\xBF",
                                           "\xC4\x80",
                                           "\xE2\x82\xAC",
                                           "\xF0\x9F\x98\x80",
                                           "\xED\xA0\x80"};
        std::string out;
        for (auto n = below(20) ? below(8) : below(300); n > 0; --n) out += pick(letters);
        return out;
    }
    bigint whole() {
        std::vector<std::uint64_t> limbs(below(4));
        for (auto& limb : limbs) limb = static_cast<std::uint64_t>(random_()) << 32 | random_();
        return {below(2) == 0, std::move(limbs)};
    }
    std::string name() {
        constexpr char const* names[] = {"a",   "b",     "cmd",          "type",       "",   "0",
                                         "7",   "12",    "4294967294",   "4294967295", "-1", "01",
                                         "1.5", "$date", "\xE2\x82\xAC", "__proto__"};
        return pick(names);
    }
    value primitive() {
        switch (below(8)) {
        case 0: return undefined;
        case 1: return nullptr;
        case 2: return below(2) == 0;
        case 3: return whole();
        case 4:
        case 5: return text();
        default: return number();
        }
    }
    js::bytes bytes() {
        js::bytes out{static_cast<view>(below(14)), std::string(8 * below(5), '\0'), {}};
        for (auto& c : out.data) c = static_cast<char>(random_());
        if (resizable_ && out.what == view::array_buffer && below(2) == 0)
            out.max_byte_length = out.data.size() + below(9);
        return out;
    }

    value any(int depth) {
        if (left_ == 0 || depth > 8) return primitive();
        --left_;
        if (begun_ > 0 && below(8) == 0) return referable();
        if (depth > 0 && below(2) == 0) return primitive();
        auto const number_of_it = begun_++;
        return object_of_kind(below(10), depth, number_of_it);
    }
    /// An object that is there: any but an Error that we are in.
    value referable() {
        for (auto tries = 0; tries < 10; ++tries) {
            auto const n = below(begun_);
            if (std::ranges::find(open_errors_, n) == open_errors_.end()) return reference{n};
        }
        return undefined;
    }

    value object_of_kind(std::size_t kind, int depth, std::size_t number_of_it) {
        switch (kind) {
        case 0: return date(static_cast<double>(random_()) * 4e6 - 8e15);
        case 1: return below(20) ? boxed(below(2) ? value(number()) : value(text())) : boxed(whole());
        case 2: return regexp{below(2) ? "[0-9]{2}" : "\xC3\xA9+", below(2) ? "" : "dgimsuy"};
        case 3: return bytes();
        case 4: return an_error(depth, number_of_it);
        case 5: return a_map(depth);
        case 6: return a_set(depth);
        case 7: return an_array(depth);
        default: return an_object(depth);
        }
    }
    value an_object(int depth) {
        // Names in the order in which they will stand, since references count in it.
        std::vector<std::string> names(below(6));
        for (auto& n : names) n = name();
        std::vector<object::member> blank;
        blank.reserve(names.size());
        for (auto const& n : names) blank.emplace_back(n, undefined);
        object made(std::move(blank));
        for (auto const& [n, nothing] : object(made)) made[n] = any(depth + 1);
        return made;
    }
    value an_array(int depth) {
        array made;
        for (auto n = below(6); n > 0; --n) made.items.push_back(below(8) ? any(depth + 1) : value(hole));
        while (!made.items.empty() && made.items.back().is<hole_t>()) made.items.pop_back();
        if (below(8) == 0) made.properties["4000000000"] = any(depth + 1);
        if (below(8) == 0) made.properties["named"] = any(depth + 1);
        if (made.length() < 1000)
            made.set_length(made.length() + (below(4) ? 0 : static_cast<std::uint32_t>(below(2000))));
        return made;
    }
    value a_map(int depth) {
        js::map made;
        for (auto n = below(5); n > 0; --n) {
            value key = below(4) ? value("key " + std::to_string(n)) : fresh_object(depth);
            auto item = any(depth + 1);
            made.entries.emplace_back(std::move(key), std::move(item));
        }
        return made;
    }
    value a_set(int depth) {
        js::set made;
        for (auto n = below(5); n > 0; --n)
            made.items.push_back(below(2) ? value("item " + std::to_string(n)) : fresh_object(depth));
        return made;
    }
    value fresh_object(int depth) {
        ++begun_;
        return an_object(depth + 1);
    }
    value an_error(int depth, std::size_t number_of_it) {
        constexpr char const* names[] = {"Error",       "EvalError", "RangeError", "ReferenceError",
                                         "SyntaxError", "TypeError", "URIError"};
        error made;
        made.name = pick(names);
        if (below(4)) made.message = text();
        if (below(4)) made.stack = text();
        if (below(3) == 0) {
            open_errors_.push_back(number_of_it);
            made.cause = std::make_unique<value>(any(depth + 1));
            open_errors_.pop_back();
        }
        return made;
    }

    std::mt19937 random_;
    bool resizable_; ///< with ArrayBuffers that can grow
    std::size_t begun_ = 0;
    std::size_t left_ = 0;
    std::vector<std::size_t> open_errors_;
};

} // namespace parlance::js
