#pragma once
/// The members of an object, and the elements of an array, in JSON text, found where they stand: no value is built. The
/// text is valid JSON.

#include "wire/find.hpp"
#include "wire/value_scan.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace parlance::wire {

/// A part of a text.
struct text_span {
    std::size_t begin = 0, size = 0;
    std::string_view of(std::string_view text) const noexcept { return text.substr(begin, size); }
    bool operator==(text_span const&) const = default;
};

/// One past the value that begins at `at`.
inline std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
    if (!begins_container(text[at])) return std::min(text.find_first_of(",]} \t\r\n", at), text.size());
    bracket_scan scan;
    return at + find_value_end(scan, text.substr(at));
}

/// Calls `see(name, value)` for each member of an object, both as they stand, the name in its quotes. What is no object
/// has none.
template <class See> void each_member(std::string_view text, See see) {
    auto at = skip_space(text);
    if (at == text.size() || text[at] != '{') return;
    at = skip_space(text, at + 1);
    while (at < text.size() && text[at] == '"') {
        auto const name_end = end_of_value(text, at);
        auto const name = text.substr(at, name_end - at);
        at = skip_space(text, skip_space(text, name_end) + 1); // behind the colon
        auto const value_end = end_of_value(text, at);
        see(name, text_span{at, value_end - at});
        at = skip_space(text, value_end);
        if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
    }
}

/// Calls `see(value)` for each element of an array, as it stands.
template <class See> void each_element(std::string_view text, See see) {
    auto at = skip_space(text);
    if (at == text.size() || text[at] != '[') return;
    at = skip_space(text, at + 1);
    while (at < text.size() && text[at] != ']') {
        auto const end = end_of_value(text, at);
        see(text.substr(at, end - at));
        at = skip_space(text, end);
        if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
    }
}

/// What the escaped text of a JSON string spells. Half of a surrogate pair stays as it is written.
std::string unescaped(std::string_view inside_quotes);

/// Is `value` the JSON string of this text? In its quotes, as it stands.
bool spells(std::string_view value, std::string_view text);

/// The value of an object's own member, the last of that name, as JavaScript has it; empty where there is none.
std::string_view member_of(std::string_view object, std::string_view name);

} // namespace parlance::wire
