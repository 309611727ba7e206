#pragma once
/// JSON from and to the types of a program, with the place of what does not fit: "params.cities[2].name: not a string".
///
/// What Boost.JSON converts (numbers, strings, containers, optionals, types with a `tag_invoke` of their own) is
/// converted as it does. A struct described by Boost.Describe is an object with its members, as this header sees it: an
/// empty optional is left out, one that is missing is empty, members that are not known are passed over.
///
///     struct city { std::string name; std::optional<int> people; };
///     BOOST_DESCRIBE_STRUCT(city, (), (name, people))
///     auto const c = from_json<city>(value);

#include <parlance/asio.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parlance {

/// Thrown by `from_json`: `where` is the place, empty for the whole value; `what()` is "not a string", "is missing".
class json_mismatch : public std::exception {
public:
    json_mismatch(std::string where, std::string what) : where_(std::move(where)), what_(std::move(what)) {}
    std::string const& where() const noexcept { return where_; }
    char const* what() const noexcept override { return what_.c_str(); }

private:
    std::string where_, what_;
};

namespace detail {

/// Where we are in a value; spelled out only when something does not fit.
struct json_path {
    json_path const* up = nullptr;
    std::string_view name{};
    std::size_t index = 0; ///< where there is no name

    std::string str() const {
        if (!up) return std::string(name);
        auto const before = up->str();
        if (name.empty()) return before + "[" + std::to_string(index) + "]";
        return before.empty() ? std::string(name) : before + "." + std::string(name);
    }
};

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_described = json::is_described_class<T>::value && !std::is_same_v<T, json::value>;
template <class T> constexpr bool is_plain_sequence() {
    if constexpr (requires(T& t) { t.push_back(std::declval<typename T::value_type>()); })
        return json::is_sequence_like<T>::value && !json::is_string_like<T>::value && !std::is_same_v<T, json::array> &&
               !std::is_same_v<T, json::string>;
    return false;
}
template <class T> constexpr bool is_plain_map() {
    if constexpr (requires { typename T::mapped_type; })
        return json::is_map_like<T>::value && !std::is_same_v<T, json::object>;
    return false;
}
template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class T> T read_json(json::value const& from, json_path const& at);

template <class T> T read_described(json::value const& from, json_path const& at) {
    auto const* object = from.if_object();
    auto const* array = at.up ? nullptr : from.if_array(); // parameters by position, in the order of the members
    if (!object && !array) throw json_mismatch(at.str(), "not an object");
    T read{};
    std::size_t position = 0;
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
        using type = std::remove_cvref_t<decltype(read.*member.pointer)>;
        json_path const here{&at, member.name};
        json::value const* given = nullptr;
        if (object)
            given = object->if_contains(member.name);
        else if (position < array->size())
            given = &(*array)[position];
        ++position;
        if (given)
            read.*member.pointer = read_json<type>(*given, here);
        else if constexpr (!is_optional<type>)
            throw json_mismatch(here.str(), "is missing");
    });
    if (array && array->size() > position)
        throw json_mismatch(at.str(), "more than " + std::to_string(position) + " values");
    return read;
}

template <class T> T read_sequence(json::value const& from, json_path const& at) {
    auto const* array = from.if_array();
    if (!array) throw json_mismatch(at.str(), "not an array");
    T read;
    std::size_t index = 0;
    for (auto const& each : *array)
        read.push_back(read_json<typename T::value_type>(each, json_path{&at, {}, index++}));
    return read;
}

template <class T> T read_map(json::value const& from, json_path const& at) {
    auto const* object = from.if_object();
    if (!object) throw json_mismatch(at.str(), "not an object");
    T read;
    for (auto const& [key, value] : *object)
        read.emplace(typename T::key_type(key), read_json<typename T::mapped_type>(value, json_path{&at, key}));
    return read;
}

/// By Boost.JSON. Its texts are "value is not a string", …
template <class T> T read_by_boost(json::value const& from, json_path const& at) {
    std::string fault;
    try {
        return json::value_to<T>(from);
    } catch (boost::system::system_error const& refused) {
        fault = refused.code().message();
    } catch (std::bad_alloc const&) {
        throw;
    } catch (std::exception const& refused) {
        fault = refused.what();
    }
    if (fault.starts_with("value is ")) fault.erase(0, 9);
    throw json_mismatch(at.str(), fault);
}

template <class T> T read_json(json::value const& from, json_path const& at) {
    if constexpr (std::is_same_v<T, json::value>)
        return from;
    else if constexpr (is_optional<T>)
        return from.is_null() ? T() : T(read_json<typename T::value_type>(from, at));
    else if constexpr (is_described<T>)
        return read_described<T>(from, at);
    else if constexpr (is_plain_sequence<T>())
        return read_sequence<T>(from, at);
    else if constexpr (is_plain_map<T>())
        return read_map<T>(from, at);
    else
        return read_by_boost<T>(from, at);
}

} // namespace detail

/// Throws json_mismatch. `name` is what the whole value is called in its place.
template <class T> T from_json(json::value const& from, std::string_view name = {}) {
    return detail::read_json<T>(from, {nullptr, name});
}

template <class T> json::value to_json(T const& from) {
    if constexpr (std::is_same_v<T, json::value>) {
        return from;
    } else if constexpr (detail::is_optional<T>) {
        return from ? to_json(*from) : json::value();
    } else if constexpr (detail::is_described<T>) {
        json::object object;
        boost::mp11::mp_for_each<detail::members_of<T>>([&](auto member) {
            auto const& each = from.*member.pointer;
            if constexpr (detail::is_optional<std::remove_cvref_t<decltype(each)>>)
                if (!each) return;
            object.emplace(member.name, to_json(each));
        });
        return object;
    } else if constexpr (detail::is_plain_sequence<T>()) {
        json::array array;
        for (auto const& each : from) array.push_back(to_json<typename T::value_type>(each));
        return array;
    } else if constexpr (detail::is_plain_map<T>()) {
        json::object object;
        for (auto const& [key, value] : from) object.emplace(key, to_json(value));
        return object;
    } else {
        return json::value_from(from);
    }
}

} // namespace parlance
