#include "js/array_index.hpp"
#include "js/v8_parser.hpp"

#include <parlance/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace parlance::js {
namespace {

/// More than a message announces is not believed before it comes.
constexpr std::uint32_t first_reserve = 256;

/// Array items and named properties as they come, in any order; `finish` sorts out what is kept where.
class array_builder {
public:
    array_builder(std::uint32_t length, bool dense) : length_(length), dense_(dense) {
        if (dense) items_.reserve(std::min(length, first_reserve));
    }
    std::int64_t last_index() const { return dense_ ? std::int64_t{length_} - 1 : -1; }
    void hole() {
        items_.emplace_back(js::hole);
        has_holes_ = true;
    }
    void item(value v) { items_.push_back(std::move(v)); }
    void add(v8::wire_name const& name, value v) {
        if (auto const index = v8::index_of(name))
            indexed_.emplace_back(*index, std::move(v));
        else
            named_.emplace_back(v8::to_text(name), std::move(v));
    }

    /// False where an index or a name is there twice.
    bool finish(value& into) {
        array out;
        if (has_holes_ || !indexed_.empty()) {
            if (!sort_out()) return false;
        }
        auto const names = named_.size();
        out.items = std::move(items_);
        out.properties = object(std::move(named_));
        if (out.properties.size() != names) return false;
        out.set_length(length_);
        out.set_length(out.length());
        into = std::move(out);
        return true;
    }

private:
    /// Items stay items as long as no more than three of four places are holes; from there on they are properties.
    bool sort_out() {
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (!items_[i].is<hole_t>()) indexed_.emplace_back(static_cast<std::uint32_t>(i), std::move(items_[i]));
        items_.clear();
        auto const index_of = [](auto const& entry) { return entry.first; };
        if (!std::ranges::is_sorted(indexed_, {}, index_of)) std::ranges::sort(indexed_, {}, index_of);
        if (std::ranges::adjacent_find(indexed_, {}, index_of) != indexed_.end()) return false;
        for (auto& [index, item] : indexed_) {
            if (!far_ && index < 32 + 4 * (present_ + 1)) {
                items_.resize(index, value(js::hole));
                items_.push_back(std::move(item));
                ++present_;
            } else {
                far_ = true;
                named_.emplace_back(std::to_string(index), std::move(item));
            }
        }
        return true;
    }

    std::uint32_t length_;
    bool dense_;
    bool has_holes_ = false;
    bool far_ = false;
    std::size_t present_ = 0;
    std::vector<value> items_;
    std::vector<std::pair<std::uint32_t, value>> indexed_;
    std::vector<object::member> named_;
};

class object_builder {
public:
    static std::int64_t last_index() { return -1; }
    void add(v8::wire_name const& name, value v) {
        if (members_.empty()) members_.reserve(4); // instead of 1, 2 and 4 one after the other
        members_.emplace_back(v8::to_text(name), std::move(v));
    }
    /// False where a name is there twice.
    bool finish(value& into) {
        auto const names = members_.size();
        object made(std::move(members_));
        bool const each_once = made.size() == names;
        into = std::move(made);
        return each_once;
    }

private:
    std::vector<object::member> members_;
};

/// Makes our values of what the parser finds.
struct tree_builder {
    using value = js::value;
    static value undefined() { return {}; }
    static value null() { return nullptr; }
    static value boolean(bool b) { return b; }
    static value number(double n) { return n; }
    static value text(v8::wire_text const& t) { return v8::to_text(t); }
    static value reference(std::size_t n) { return js::reference{n}; }
    static std::size_t object_of(value const& v) { return v.as<js::reference>().object; }
    static value date(double ms) { return js::date(ms); }
    static value boxed(value v) { return js::boxed(std::move(v)); }

    static value bigint(bool negative, std::string_view magnitude) {
        std::vector<std::uint64_t> limbs((magnitude.size() + 7) / 8);
        if (!magnitude.empty()) std::memcpy(limbs.data(), magnitude.data(), magnitude.size());
        return js::bigint(negative, std::move(limbs));
    }
    static value regexp(v8::wire_text const& source, std::uint32_t bits) {
        return js::regexp{v8::to_text(source), v8::flag_letters(bits)};
    }
    static value bytes(view what, std::string_view data, std::optional<std::size_t> most) {
        return js::bytes{what, std::string(data), most};
    }

    using object = object_builder;
    using array = array_builder;
    class map {
    public:
        void add(value key, value item) { made_.entries.emplace_back(std::move(key), std::move(item)); }
        void finish(value& into) { into = std::move(made_); }

    private:
        js::map made_;
    };
    class set {
    public:
        void add(value item) { made_.items.push_back(std::move(item)); }
        void finish(value& into) { into = std::move(made_); }

    private:
        js::set made_;
    };
    class error {
    public:
        void name(std::string_view which) { made_.name = which; }
        void message(v8::wire_text const& text) { made_.message = v8::to_text(text); }
        void stack(v8::wire_text const& text) { made_.stack = v8::to_text(text); }
        void cause(value v) { made_.cause = std::make_unique<value>(std::move(v)); }
        void finish(value& into) { into = std::move(made_); }

    private:
        js::error made_;
    };
};

} // namespace

value v8_decode(std::string_view data, dialect d, limits bounds) {
    v8::parser<tree_builder> parser(data, d, bounds);
    value made;
    if (parser.message(made)) return made;
    throw failure(errc::bad_frame,
                  {.input = "a V8 message", .offset_bytes = parser.why().at, .reason = std::string(parser.why().what)});
}

} // namespace parlance::js
