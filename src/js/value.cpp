#include <parlance/js.hpp>

#include <parlance/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>

namespace parlance::js {
namespace {

/// In the order of the variant.
constexpr std::string_view names_of_alternatives[] = {
    "undefined", "a hole", "null",  "a boolean",         "a number", "a string", "a reference", "a Date",  "a bigint",
    "an object", "a Map",  "a Set", "a boxed primitive", "an array", "bytes",    "an Error",    "a RegExp"};

} // namespace

bool map::operator==(map const& other) const { return entries == other.entries; }
bool set::operator==(set const& other) const { return items == other.items; }

error::error() noexcept = default;
error::error(std::string error_name, std::string text) : name(std::move(error_name)), message(std::move(text)) {}
error::error(error const& other)
    : name(other.name), message(other.message), stack(other.stack),
      cause(other.cause ? std::make_unique<value>(*other.cause) : nullptr) {}
error::error(error&&) noexcept = default;
error& error::operator=(error const& other) {
    if (this != &other) *this = error(other);
    return *this;
}
error& error::operator=(error&&) noexcept = default;
error::~error() = default;
bool error::operator==(error const& other) const {
    return name == other.name && message == other.message && stack == other.stack && !cause == !other.cause &&
           (!cause || *cause == *other.cause);
}

boxed::boxed(value primitive) : primitive_(std::make_unique<value>(std::move(primitive))) {
    auto const& it = *primitive_;
    if (!it.is<bool>() && !it.is<double>() && !it.is<std::string>() && !it.is<bigint>())
        throw failure(errc::invalid_argument, {.reason = std::string(it.what()) + " cannot be boxed",
                                               .mend = "box a boolean, a number, a string or a bigint"});
}
boxed::boxed(boxed const& other) : primitive_(std::make_unique<value>(*other.primitive_)) {}
boxed::boxed(boxed&&) noexcept = default;
boxed& boxed::operator=(boxed const& other) {
    if (this != &other) *this = boxed(other);
    return *this;
}
boxed& boxed::operator=(boxed&&) noexcept = default;
boxed::~boxed() = default;
bool boxed::operator==(boxed const& other) const { return *primitive_ == *other.primitive_; }

value::value(std::string s) noexcept : data_(std::move(s)) {}
value::value(std::string_view s) : data_(std::in_place_type<std::string>, s) {}
value::value(char const* s) : data_(std::in_place_type<std::string>, s) {}
value::value(bigint n) noexcept : data_(std::move(n)) {}
value::value(date d) noexcept : data_(d) {}
value::value(regexp r) : data_(large<regexp>(std::move(r))) {}
value::value(object o) noexcept : data_(std::move(o)) {}
value::value(array a) : data_(large<array>(std::move(a))) {}
value::value(map m) noexcept : data_(std::move(m)) {}
value::value(set s) noexcept : data_(std::move(s)) {}
value::value(error e) : data_(large<error>(std::move(e))) {}
value::value(bytes b) : data_(large<bytes>(std::move(b))) {}
value::value(boxed b) noexcept : data_(std::move(b)) {}
value::value(reference r) noexcept : data_(r) {}

value::value(value const& other) : data_(other.data_) {}
value& value::operator=(value const& other) {
    if (this != &other) *this = value(other); // first copied: `other` may be a part of this
    return *this;
}
value& value::operator=(value&& other) noexcept {
    if (this != &other) {
        value taken(std::move(other)); // `other` may be a part of this
        become_undefined();
        ::new (this) value(std::move(taken));
    }
    return *this;
}

value::value(json::value const& from) : data_() {
    switch (from.kind()) {
    case json::kind::null: data_ = nullptr; break;
    case json::kind::bool_: data_ = from.get_bool(); break;
    case json::kind::int64: data_ = static_cast<double>(from.get_int64()); break;
    case json::kind::uint64: data_ = static_cast<double>(from.get_uint64()); break;
    case json::kind::double_: data_ = from.get_double(); break;
    case json::kind::string: data_.emplace<std::string>(from.get_string()); break;
    case json::kind::array: {
        array list;
        list.items.reserve(from.get_array().size());
        for (auto const& item : from.get_array()) list.items.emplace_back(item);
        data_ = large<array>(std::move(list));
        break;
    }
    case json::kind::object: {
        std::vector<object::member> members;
        members.reserve(from.get_object().size());
        for (auto const& [name, member] : from.get_object()) members.emplace_back(std::string(name), value(member));
        data_ = object(std::move(members));
        break;
    }
    }
}

bool value::is_primitive() const noexcept {
    return is<undefined_t>() || is<std::nullptr_t>() || is<bool>() || is<double>() || is<std::string>() || is<bigint>();
}

std::string_view value::what() const noexcept {
    if (auto const* b = get_if<bytes>()) {
        static constexpr std::string_view names[] = {
            "an Int8Array",  "a Uint8Array",    "a Uint8ClampedArray", "an Int16Array",  "a Uint16Array",
            "an Int32Array", "a Uint32Array",   "a Float32Array",      "a Float64Array", "a DataView",
            "a Buffer",      "a BigInt64Array", "a BigUint64Array",    "an ArrayBuffer"};
        return names[static_cast<std::size_t>(b->what)];
    }
    return names_of_alternatives[data_.index()];
}

value const* value::find(std::string_view name) const noexcept {
    auto const* o = get_if<object>();
    return o ? o->find(name) : nullptr;
}

bool value::operator==(value const& other) const {
    if (data_.index() != other.data_.index()) return false;
    if (auto const* n = get_if<double>()) {
        auto const m = *other.get_if<double>();
        return *n == m ? std::signbit(*n) == std::signbit(m) : std::isnan(*n) && std::isnan(m);
    }
    return std::visit(
        [&](auto const& mine) {
            using T = std::remove_cvref_t<decltype(mine)>;
            auto const& theirs = *std::get_if<T>(&other.data_);
            if constexpr (requires { mine.get(); })
                return *mine.get() == *theirs.get();
            else
                return mine == theirs;
        },
        data_);
}

void value::throw_not(std::size_t wanted) const {
    static_assert(std::size(names_of_alternatives) == std::variant_size_v<data>);
    throw failure(errc::invalid_argument,
                  {.reason = std::string(what()) + ", not " + std::string(names_of_alternatives[wanted])});
}

void value::throw_too_large() {
    throw failure(errc::invalid_argument,
                  {.reason = "a number beyond 2^53, which a double cannot hold exactly", .mend = "use js::bigint"});
}

} // namespace parlance::js
