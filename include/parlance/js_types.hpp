#pragma once
/// C++ types as JavaScript's values, and back.
///
///     auto v = js::value_from(std::vector<int>{1, 2, 3});
///     auto n = js::value_to<std::vector<int>>(v);
///
/// Known are booleans, numbers, strings, std::optional (none is undefined; undefined and null are none), std::vector,
/// std::map and unordered_map with strings for keys, system_clock's time points (Date), std::vector<std::byte> (Buffer;
/// from any bytes), json::value, js::value and what that is made of. A type of your own has beside it
///
///     js::value to_js(point const&);
///     point from_js(js::value const&, std::type_identity<point>);

#include <parlance/error.hpp>
#include <parlance/js.hpp>

#include <map>
#include <unordered_map>

namespace parlance::js {

/// Where in a value we are: `$.items[3].at`. Steps lie on the stack of who walks, and cost nothing until they are told.
class path {
public:
    path() noexcept = default; ///< the whole value: `$`
    path(path const& up, std::string_view name) noexcept : up_(&up), name_(name), is_name_(true) {}
    path(path const& up, std::size_t index) noexcept : up_(&up), index_(index) {}
    std::string text() const;

private:
    path const* up_ = nullptr;
    std::string_view name_{};
    std::size_t index_ = 0;
    bool is_name_ = false;
};

namespace detail {

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;
template <class T> inline constexpr bool is_dictionary = false;
template <class T, class... More> inline constexpr bool is_dictionary<std::map<std::string, T, More...>> = true;
template <class T, class... More>
inline constexpr bool is_dictionary<std::unordered_map<std::string, T, More...>> = true;
template <class T> inline constexpr bool is_time = false;
template <class D> inline constexpr bool is_time<std::chrono::time_point<std::chrono::system_clock, D>> = true;
template <class T>
concept has_to_js = requires(T const& v) {
    { to_js(v) } -> std::convertible_to<value>;
};
template <class T>
concept has_from_js = requires(value const& v) {
    { from_js(v, std::type_identity<T>{}) } -> std::convertible_to<T>;
};
template <class T> inline constexpr bool never = false;

[[noreturn]] void throw_misfit(path const& where, std::string reason);
/// The object of the message `root` that `to` means.
value const& follow(reference to, value const& root, path const& where);
/// The whole number that `v`, a number or a bigint, is; none where it is no such, or beyond both types.
std::optional<std::int64_t> whole(value const& v) noexcept;
std::optional<std::uint64_t> unsigned_whole(value const& v) noexcept;
/// Throws the failure again, with the place in front of its own.
[[noreturn]] void throw_from(path const& where, failure const& fault);

template <class T> T const& need(value const& v, path const& where) {
    try {
        return v.as<T>();
    } catch (failure const& fault) {
        throw_from(where, fault);
    }
}

template <class T> T to_integer(value const& v, path const& where) {
    if (auto const n = whole(v); n && std::in_range<T>(*n)) return static_cast<T>(*n);
    if (auto const n = unsigned_whole(v); n && std::in_range<T>(*n)) return static_cast<T>(*n);
    if (!v.is<bigint>()) need<double>(v, where);
    throw_misfit(where, "a number that does not fit into the type that is asked for");
}

template <class T> T read(value const& given, value const& root, path const& where) {
    if constexpr (is_optional<T>) {
        if (given.is_undefined() || given.is<std::nullptr_t>()) return std::nullopt;
        return read<typename T::value_type>(given, root, where);
    } else if constexpr (std::same_as<T, value>) {
        return given;
    } else {
        auto const* to = given.get_if<reference>();
        auto const& v = to ? follow(*to, root, where) : given;
        if constexpr (alternative<T>) {
            return need<T>(v, where);
        } else if constexpr (has_from_js<T>) {
            try {
                return from_js(v, std::type_identity<T>{});
            } catch (failure const& fault) {
                throw_from(where, fault);
            }
        } else if constexpr (std::integral<T>) {
            return to_integer<T>(v, where);
        } else if constexpr (std::floating_point<T>) {
            auto const n = need<double>(v, where);
            if (n == n && static_cast<double>(static_cast<T>(n)) != n)
                throw_misfit(where, "a number that does not fit into the type that is asked for");
            return static_cast<T>(n);
        } else if constexpr (is_time<T>) {
            auto const& moment = need<date>(v, where);
            if (!moment.is_valid()) throw_misfit(where, "an invalid Date");
            return std::chrono::time_point_cast<typename T::duration>(moment.to_time_point());
        } else if constexpr (std::same_as<T, std::vector<std::byte>>) {
            auto const& data = need<bytes>(v, where).data;
            auto const* begin = reinterpret_cast<std::byte const*>(data.data());
            return {begin, begin + data.size()};
        } else if constexpr (is_vector<T>) {
            auto const& list = need<array>(v, where);
            if (list.length() != list.items.size() || !list.properties.empty())
                throw_misfit(where, "an array with holes or named properties");
            T out;
            out.reserve(list.items.size());
            for (std::size_t i = 0; i < list.items.size(); ++i)
                out.push_back(read<typename T::value_type>(list.items[i], root, {where, i}));
            return out;
        } else if constexpr (is_dictionary<T>) {
            T out;
            for (auto const& [name, item] : need<object>(v, where))
                out.emplace(name, read<typename T::mapped_type>(item, root, {where, name}));
            return out;
        } else if constexpr (std::same_as<T, json::value>) {
            try {
                if (auto got = to_json_value(v)) return *std::move(got);
            } catch (failure const& fault) {
                throw_from(where, fault);
            }
            throw_misfit(where, "undefined, which JSON has not");
        } else {
            static_assert(never<T>, "no from_js(js::value const&, std::type_identity<T>) beside T");
        }
    }
}

} // namespace detail

/// Throws failure: errc::invalid_argument for a whole number beyond 2^53, where numbers have gaps: use js::bigint.
template <class T> value value_from(T const& v) {
    if constexpr (detail::has_to_js<T>) {
        return to_js(v);
    } else if constexpr (std::same_as<T, json::value>) {
        return value(v);
    } else if constexpr (detail::is_optional<T>) {
        return v ? value_from(*v) : value();
    } else if constexpr (detail::is_time<T>) {
        return date(v);
    } else if constexpr (std::same_as<T, std::vector<std::byte>>) {
        return bytes::buffer(std::span<std::byte const>(v));
    } else if constexpr (detail::is_vector<T>) {
        array list;
        list.items.reserve(v.size());
        for (auto const& item : v) list.items.push_back(value_from<typename T::value_type>(item));
        return list;
    } else if constexpr (detail::is_dictionary<T>) {
        std::vector<object::member> members;
        members.reserve(v.size());
        for (auto const& [name, item] : v) members.emplace_back(name, value_from(item));
        return object(std::move(members));
    } else if constexpr (std::floating_point<T>) {
        return static_cast<double>(v);
    } else if constexpr (std::convertible_to<T const&, value>) {
        return v;
    } else {
        static_assert(detail::never<T>, "no to_js(T const&) beside T");
    }
}

/// What does not fit is an error that names the place: `$.items[2]: a string, not a number`. Numbers must fit exactly;
/// bigints are taken for whole numbers. References are followed.
/// Throws failure: errc::invalid_argument.
template <class T> T value_to(value const& v) { return detail::read<T>(v, v, {}); }

} // namespace parlance::js
