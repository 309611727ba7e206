#include "socket/frame.hpp"

#include "wire/check_json.hpp"
#include "wire/find.hpp"
#include "wire/value_scan.hpp"

#include <parlance/asio.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>

namespace parlance {
namespace {

constexpr std::string_view head = R"({"type":")", middle = R"(","data":)";

/// One past the value that begins at `at`, in valid JSON.
std::size_t end_of_value(std::string_view text, std::size_t at) noexcept {
    if (!wire::begins_container(text[at])) return std::min(text.find_first_of(",]} \t\r\n", at), text.size());
    wire::bracket_scan scan;
    return at + wire::find_value_end(scan, text.substr(at));
}

/// Calls `see(name, value)` for each member of an object that is valid JSON; both as they stand, the name in quotes.
template <class See> void each_member(std::string_view text, See see) noexcept {
    auto at = wire::skip_space(text, wire::skip_space(text) + 1);
    while (at < text.size() && text[at] == '"') {
        auto const name_end = end_of_value(text, at);
        auto const name = text.substr(at, name_end - at);
        at = wire::skip_space(text, wire::skip_space(text, name_end) + 1); // behind the colon
        auto const value_end = end_of_value(text, at);
        see(name, text_span{at, value_end - at});
        at = wire::skip_space(text, value_end);
        if (at < text.size() && text[at] == ',') at = wire::skip_space(text, at + 1);
    }
}

bool spells(std::string_view quoted, std::string_view name) noexcept {
    auto const inside = quoted.substr(1, quoted.size() - 2);
    if (inside.find('\\') == inside.npos) return inside == name;
    return inside.size() <= 6 * name.size() && unescaped(inside) == name;
}

bool is_plain(std::string_view name) noexcept {
    return std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

/// The way that JSON.stringify({type, data}) writes it: the data alone is checked.
bool open_usual(std::string_view text, std::size_t spare, opened_frame& out) noexcept {
    if (!text.starts_with(head) || !text.ends_with('}')) return false;
    auto const type_end = wire::find_byte(text, '"', head.size());
    if (type_end == text.npos || !text.substr(type_end).starts_with(middle)) return false;
    auto const type = text.substr(head.size(), type_end - head.size());
    if (!is_plain(type)) return false;
    auto const data_begin = type_end + middle.size();
    auto const data = text.substr(data_begin, text.size() - 1 - data_begin);
    if (!wire::is_json(data, spare + 1)) return false;
    out.type = {head.size(), type.size()};
    out.data = {data_begin, data.size()};
    return true;
}

} // namespace

opened_frame open_frame(std::string_view text, std::size_t spare) noexcept {
    opened_frame out;
    if (open_usual(text, spare, out)) return out;
    if (!wire::is_json(text, spare)) return {.state = frame_state::not_json};
    auto const first = wire::skip_space(text);
    if (text[first] == 'n') return {.state = frame_state::null};
    if (text[first] != '{') return out;
    each_member(text, [&](std::string_view name, text_span value) {
        if (spells(name, "type")) {
            out.type = value;
            out.type_is_escaped = false;
            auto const begins = text[value.begin];
            if (begins == '"') {
                out.type = {value.begin + 1, value.size - 2};
                out.type_is_escaped = out.type.of(text).find('\\') != text.npos;
            } else if (begins == '{' || begins == '[') {
                out.type = {};
            }
        } else if (spells(name, "data")) {
            out.data = value;
        }
    });
    return out;
}

std::string unescaped(std::string_view inside_quotes) {
    if (inside_quotes.find('\\') == inside_quotes.npos) return std::string(inside_quotes);
    json::error_code fault; // half a surrogate pair: as it stands
    auto const value = json::parse('"' + std::string(inside_quotes) + '"', fault);
    return fault ? std::string(inside_quotes) : std::string(value.as_string());
}

std::string_view member_of(std::string_view object, std::string_view name) noexcept {
    auto const first = wire::skip_space(object);
    if (first == object.size() || object[first] != '{') return {};
    std::string_view found;
    each_member(object, [&](std::string_view quoted, text_span value) {
        if (spells(quoted, name)) found = value.of(object);
    });
    return found;
}

std::string_view name_in(std::string_view data) noexcept {
    // nearly no message has one: not a member is looked at where these letters are not there
    if (data.empty() || data.front() != '{' || data.find("id\"") == data.npos) return {};
    auto const id = member_of(data, "id");
    if (id.empty() || id == "null" || id == "false" || id == R"("")") return {};
    bool const is_number = id.front() == '-' || (id.front() >= '0' && id.front() <= '9');
    bool const is_zero = is_number && id.substr(0, id.find_first_of("eE")).find_first_of("123456789") == id.npos;
    return is_zero ? std::string_view() : id;
}

std::string_view why_no_type(std::string_view type) noexcept {
    static constexpr std::array names{"constructor",          "__proto__",        "toString",
                                      "toLocaleString",       "valueOf",          "hasOwnProperty",
                                      "isPrototypeOf",        "__defineGetter__", "__defineSetter__",
                                      "propertyIsEnumerable", "__lookupGetter__", "__lookupSetter__"};
    if (type.empty()) return "a message needs a type";
    if (std::ranges::find(names, type) != names.end())
        return "a type that is a name of JavaScript's own objects kills node-ipc 10 and 12";
    return {};
}

std::string make_frame(std::string_view type, std::string_view data) {
    std::string out;
    out.reserve(head.size() + type.size() + middle.size() + data.size() + 2);
    out.append(head);
    if (is_plain(type)) {
        out.append(type);
    } else {
        auto const quoted = json::serialize(json::value(type));
        out.append(quoted, 1, quoted.size() - 2);
    }
    out.append(middle).append(data) += '}';
    return out;
}

} // namespace parlance
