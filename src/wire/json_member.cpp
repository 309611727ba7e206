#include "wire/json_member.hpp"

#include <parlance/asio.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>

namespace parlance::wire {

std::string unescaped(std::string_view inside_quotes) {
    if (inside_quotes.find('\\') == inside_quotes.npos) return std::string(inside_quotes);
    json::error_code fault;
    auto const value = json::parse('"' + std::string(inside_quotes) + '"', fault);
    return fault ? std::string(inside_quotes) : std::string(value.as_string());
}

bool spells(std::string_view value, std::string_view text) {
    if (!value.starts_with('"')) return false;
    auto const inside = value.substr(1, value.size() - 2);
    if (inside.find('\\') == inside.npos) return inside == text;
    constexpr std::size_t longest_escape = 6; // \u0041
    return inside.size() <= longest_escape * text.size() && unescaped(inside) == text;
}

std::string_view member_of(std::string_view object, std::string_view name) {
    std::string_view found;
    each_member(object, [&](std::string_view quoted, text_span value) {
        if (spells(quoted, name)) found = value.of(object);
    });
    return found;
}

} // namespace parlance::wire
