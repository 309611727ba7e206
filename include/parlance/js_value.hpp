#pragma once
/// The values of JavaScript: what they are and hold. What is done with them: parlance/js.hpp.

#include <parlance/asio.hpp>

#include <boost/json/value.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace parlance::js {

class value;

struct undefined_t {
    bool operator==(undefined_t const&) const = default;
};
inline constexpr undefined_t undefined{};

/// A place in an array at which there is nothing: the middle of `[1,,3]`. Only inside arrays.
struct hole_t {
    bool operator==(hole_t const&) const = default;
};
inline constexpr hole_t hole{};

/// An object that stands in the same message already: the `object`th one, counted from 0 in the order in which they
/// are begun, the whole message among them, over everything but primitives (undefined, null, booleans, numbers,
/// bigints, strings). So a message with cycles, or with an object in two places, is still a tree: it can be copied,
/// compared and dropped like any value. See `resolve`.
struct reference {
    std::size_t object = 0;
    bool operator==(reference const&) const = default;
};

/// A whole number of any size.
class bigint {
public:
    bigint() = default; ///< 0
    bigint(std::integral auto n) : bigint(n < 0, {magnitude_of(n)}) {}
    /// `magnitude`: 64 bits each, the lowest first.
    bigint(bool negative, std::vector<std::uint64_t> magnitude);
    /// "-12", or hexadecimal: "0xff", "-0xff". Throws failure: errc::invalid_argument; also for a decimal one of more
    /// than a million digits, which would take too long.
    static bigint parse(std::string_view text);

    bool is_negative() const noexcept { return negative_; }
    std::span<std::uint64_t const> magnitude() const noexcept { return magnitude_; } ///< without leading zeros
    std::string to_string() const;                         ///< decimal; the time grows with the square of the length
    std::string to_hex() const;                            ///< "-0xff"
    std::optional<std::int64_t> to_int64() const noexcept; ///< none where it does not fit
    std::optional<std::uint64_t> to_uint64() const noexcept;

    bool operator==(bigint const&) const = default;

private:
    static constexpr std::uint64_t magnitude_of(std::integral auto n) {
        auto const bits = static_cast<std::uint64_t>(n);
        return n < 0 ? 0 - bits : bits;
    }
    bool negative_ = false;
    std::vector<std::uint64_t> magnitude_;
};

/// A moment, in whole milliseconds since 1970 UTC; NaN where it is invalid.
struct date {
    double ms = std::numeric_limits<double>::quiet_NaN();

    date() = default;
    /// As `new Date(n)`: what lies behind the point is dropped; beyond 100,000,000 days of 1970 it is invalid.
    explicit date(double milliseconds) noexcept;
    template <class Duration>
    explicit date(std::chrono::time_point<std::chrono::system_clock, Duration> t)
        : date(static_cast<double>(std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count())) {}

    bool is_valid() const noexcept;
    /// "2026-01-02T03:04:05.678Z", as toISOString writes it; none where invalid.
    std::optional<std::string> iso() const;
    /// What `iso` writes; milliseconds, or seconds and milliseconds, may be left out, and "+01:00" may stand for "Z".
    /// Throws failure: errc::invalid_argument.
    static date parse_iso(std::string_view text);
    /// Of a valid one. What the clock cannot say (before 1678, after 2261) becomes the nearest that it can.
    std::chrono::system_clock::time_point to_time_point() const noexcept;
    bool operator==(date const&) const noexcept; ///< an invalid one equals another
};

struct regexp {
    std::string source;  ///< a pattern, which is looked into when it is sent: Node dies of one that is none
    std::string flags{}; ///< of "dgimsuvy", in this order, each once, "u" and "v" not both
    bool operator==(regexp const&) const = default;
};

/// Names and values, each name once, in JavaScript's order: names like array indexes ("0", "17") first, ascending; the
/// others as they were first set. Lookups take constant time.
class object {
public:
    using member = std::pair<std::string, value>;
    object() noexcept;
    object(std::initializer_list<member> members); ///< of two with one name, the last counts
    explicit object(std::vector<member> members);  ///< the same
    object(object const&);
    object(object&&) noexcept;
    object& operator=(object const&);
    object& operator=(object&&) noexcept;
    ~object();

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }
    bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
    value const* find(std::string_view name) const noexcept; ///< null where there is none
    value* find(std::string_view name) noexcept;
    /// Throws failure: errc::invalid_argument, with the name.
    value const& at(std::string_view name) const;
    /// Makes it, undefined, where there is none.
    value& operator[](std::string_view name);
    /// False, and nothing done, where the name is there.
    bool insert(std::string name, value v);
    bool erase(std::string_view name); ///< takes time in proportion to the size

    member const* begin() const noexcept;
    member const* end() const noexcept;
    bool operator==(object const&) const; ///< whatever the order

private:
    struct contents;
    contents& make();
    std::unique_ptr<contents> contents_; ///< none: empty
};

/// Items by their index; `js::hole` where there is none.
class array {
public:
    array() noexcept;
    array(std::initializer_list<value> items);
    explicit array(std::vector<value> items);
    array(array const&);
    array(array&&) noexcept;
    array& operator=(array const&);
    array& operator=(array&&) noexcept;
    ~array();

    std::vector<value> items;
    /// Named properties (`list.total = 3`), and items so far behind the others that the holes between are not kept,
    /// each under its index ("4000000").
    object properties;

    /// What lies behind `items` is holes: `new Array(1000000)` has no items and this length. At least what `items` and
    /// the indexes among `properties` ask for.
    std::uint32_t length() const noexcept;
    void set_length(std::uint32_t) noexcept;
    /// Null where there is a hole.
    value const* find(std::uint32_t index) const noexcept;

    bool operator==(array const&) const; ///< wherever its items are kept

private:
    std::uint32_t length_ = 0;
};

/// In the order in which the keys were first set. Keys are not compared here: of two equal ones the last counts, as it
/// does for who receives it.
struct map {
    std::vector<std::pair<value, value>> entries;
    bool operator==(map const&) const; ///< in this order
};

/// In the order in which the items were set; of equal ones who receives it keeps one.
struct set {
    std::vector<value> items;
    bool operator==(set const&) const; ///< in this order
};

/// An Error. Its class is one of ECMAScript's seven: the wire carries no other name.
struct error {
    std::string name = "Error"; ///< or EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError
    std::optional<std::string> message{};
    std::optional<std::string> stack{};
    std::unique_ptr<value> cause{}; ///< none: it has no cause

    error() noexcept;
    error(std::string error_name, std::string text);
    error(error const&);
    error(error&&) noexcept;
    error& operator=(error const&);
    error& operator=(error&&) noexcept;
    ~error();
    bool operator==(error const&) const;
};

/// What a `bytes` is to JavaScript.
enum class view : std::uint8_t {
    int8,
    uint8,
    uint8_clamped,
    int16,
    uint16,
    int32,
    uint32,
    float32,
    float64,
    data_view,
    buffer,
    bigint64,
    biguint64,
    array_buffer
};
/// "Int8Array", …, "DataView", "Buffer", "ArrayBuffer".
std::string_view name_of(view) noexcept;
std::optional<view> parse_view(std::string_view name) noexcept;
std::size_t element_bytes(view) noexcept; ///< 1, 2, 4 or 8

/// Bytes: a Buffer, an ArrayBuffer, a typed array or a DataView. Numbers lie in it as this machine has them,
/// little-endian.
struct bytes {
    view what = view::buffer;
    std::string data{};                           ///< a whole number of elements
    std::optional<std::size_t> max_byte_length{}; ///< of an ArrayBuffer that can grow

    static bytes buffer(std::string data) { return {view::buffer, std::move(data), {}}; }
    static bytes buffer(std::span<std::byte const> data) {
        return buffer(std::string(reinterpret_cast<char const*>(data.data()), data.size()));
    }
    /// The typed array of that number: 8 to 64 bits, signed or not, float or double.
    template <class Number> static bytes of(std::span<Number const> numbers) {
        return {
            view_of<Number>(), std::string(reinterpret_cast<char const*>(numbers.data()), numbers.size_bytes()), {}};
    }
    /// Throws failure: errc::invalid_argument where the elements are of another type.
    template <class Number> std::vector<Number> numbers() const {
        check_elements(view_of<Number>());
        std::vector<Number> out(data.size() / sizeof(Number));
        if (!out.empty()) std::memcpy(out.data(), data.data(), out.size() * sizeof(Number));
        return out;
    }
    bool operator==(bytes const&) const = default;

private:
    template <class Number> static constexpr view view_of() {
        static_assert(std::is_arithmetic_v<Number> && !std::same_as<Number, bool> && sizeof(Number) <= 8);
        constexpr bool is_signed = std::is_signed_v<Number>;
        if constexpr (std::floating_point<Number>) return sizeof(Number) == 4 ? view::float32 : view::float64;
        switch (sizeof(Number)) {
        case 1: return is_signed ? view::int8 : view::uint8;
        case 2: return is_signed ? view::int16 : view::uint16;
        case 4: return is_signed ? view::int32 : view::uint32;
        default: return is_signed ? view::bigint64 : view::biguint64;
        }
    }
    void check_elements(view wanted) const;
};

/// `new Boolean(true)`, `new Number(3)`, `new String("x")`, `Object(5n)`.
class boxed {
public:
    /// Throws failure: errc::invalid_argument unless it is a boolean, a number, a string or a bigint.
    explicit boxed(value primitive);
    boxed(boxed const&);
    boxed(boxed&&) noexcept;
    boxed& operator=(boxed const&);
    boxed& operator=(boxed&&) noexcept;
    ~boxed();
    value const& primitive() const noexcept { return *primitive_; }
    bool operator==(boxed const&) const;

private:
    std::unique_ptr<value> primitive_; ///< none only in what was moved from
};

/// The types that a value is made of.
template <class T>
concept alternative =
    std::same_as<T, undefined_t> || std::same_as<T, hole_t> || std::same_as<T, std::nullptr_t> ||
    std::same_as<T, bool> || std::same_as<T, double> || std::same_as<T, std::string> || std::same_as<T, reference> ||
    std::same_as<T, date> || std::same_as<T, bigint> || std::same_as<T, object> || std::same_as<T, map> ||
    std::same_as<T, set> || std::same_as<T, boxed> || std::same_as<T, array> || std::same_as<T, bytes> ||
    std::same_as<T, error> || std::same_as<T, regexp>;

/// Any value. Copies are deep; equality is that of the contents, and -0 is not 0, NaN is NaN. What was moved from is
/// undefined.
///
/// Strings are UTF-8. JavaScript's may hold half a surrogate pair; it stands here as the three bytes that UTF-8 would
/// give it (WTF-8), and goes out again as it was.
class value {
public:
    value() noexcept : data_() {} ///< undefined
    value(undefined_t) noexcept : data_() {}
    value(hole_t) noexcept : data_(hole) {}
    value(std::nullptr_t) noexcept : data_(nullptr) {}
    value(std::same_as<bool> auto b) noexcept : data_(std::in_place_type<bool>, b) {}
    value(double n) noexcept : data_(n) {}
    /// Throws failure: errc::invalid_argument beyond 2^53, where numbers have gaps: use `bigint`.
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    value(Integer n) : data_(static_cast<double>(n)) {
        if constexpr (sizeof(Integer) > 4) {
            constexpr auto limit = std::int64_t{1} << 53;
            if (std::cmp_greater(n, limit) || std::cmp_less(n, -limit)) throw_too_large();
        }
    }
    value(char) = delete;
    value(std::string s) noexcept;
    value(std::string_view s);
    value(char const* s);
    value(bigint) noexcept;
    value(date) noexcept;
    value(regexp);
    value(object) noexcept;
    value(array);
    value(map) noexcept;
    value(set) noexcept;
    value(error);
    value(bytes);
    value(boxed) noexcept;
    value(reference) noexcept;
    /// A whole number beyond 2^53 is rounded to a double, as JSON.parse does.
    explicit value(json::value const&);
    value(value const&);
    value(value&& other) noexcept {
        if (auto const* n = std::get_if<double>(&other.data_))
            ::new (&data_) data(*n);
        else if (auto* s = std::get_if<std::string>(&other.data_))
            ::new (&data_) data(std::move(*s));
        else
            ::new (&data_) data(std::move(other.data_));
        other.become_undefined();
    }
    value& operator=(value const&);
    value& operator=(value&&) noexcept;
    ~value() {
        if (!holds_nothing_to_free()) data_.~data();
    }

    template <alternative T> bool is() const noexcept { return std::holds_alternative<stored<T>>(data_); }
    /// `v.get_if<js::map>()`, `v.get_if<double>()`, `v.get_if<std::string>()`; null where it is another.
    template <alternative T> T const* get_if() const noexcept {
        auto const* p = std::get_if<stored<T>>(&data_);
        if constexpr (is_large<T>)
            return p ? p->get() : nullptr;
        else
            return p;
    }
    template <alternative T> T* get_if() noexcept { return const_cast<T*>(std::as_const(*this).get_if<T>()); }
    /// Throws failure: errc::invalid_argument, which says what it is instead.
    template <alternative T> T const& as() const {
        if (auto const* p = get_if<T>()) return *p;
        throw_not(index_of<T>);
    }
    template <alternative T> T& as() { return const_cast<T&>(std::as_const(*this).as<T>()); }
    bool is_undefined() const noexcept { return data_.index() == 0; }
    /// undefined, null, a boolean, a number, a bigint or a string: what has no identity.
    bool is_primitive() const noexcept;
    /// "undefined", "null", "a number", "a string", "a Map", "a Buffer", …
    std::string_view what() const noexcept;

    /// A member of an object; null where this is no object, or has none of that name.
    value const* find(std::string_view name) const noexcept;

    bool operator==(value const&) const;

private:
    /// A T of its own, on the heap: what is larger than a string.
    template <class T> class large {
    public:
        explicit large(T v) : it_(std::make_unique<T>(std::move(v))) {}
        large(large const& other) : it_(std::make_unique<T>(*other.it_)) {}
        large(large&&) noexcept = default;
        large& operator=(large const& other) { return it_ = std::make_unique<T>(*other.it_), *this; }
        large& operator=(large&&) noexcept = default;
        ~large() = default;
        T const* get() const noexcept { return it_.get(); }

    private:
        std::unique_ptr<T> it_;
    };
    template <class T>
    static constexpr bool is_large =
        std::same_as<T, array> || std::same_as<T, bytes> || std::same_as<T, error> || std::same_as<T, regexp>;
    template <class T> using stored = std::conditional_t<is_large<T>, large<T>, T>;

    using data = std::variant<undefined_t, hole_t, std::nullptr_t, bool, double, std::string, reference, date, bigint,
                              object, map, set, boxed, large<array>, large<bytes>, large<error>, large<regexp>>;
    template <class T>
    static constexpr std::size_t index_of = []<class... Each>(std::type_identity<std::variant<Each...>>) {
        std::size_t index = 0;
        (void)((std::same_as<Each, stored<T>> || (++index, false)) || ...);
        return index;
    }(std::type_identity<data>());

    [[noreturn]] void throw_not(std::size_t wanted) const; ///< an index of the variant
    [[noreturn]] static void throw_too_large();

    /// The alternatives up to the number.
    bool holds_nothing_to_free() const noexcept { return data_.index() <= index_of<double>; }

    void become_undefined() noexcept {
        if (!holds_nothing_to_free()) data_.~data();
        ::new (&data_) data();
    }

    /// In a union, since destroying and moving a variant of so many alternatives goes through a table of functions:
    /// half of what a small message costs.
    union {
        data data_;
    };
};

} // namespace parlance::js
