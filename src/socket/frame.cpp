#include "socket/frame.hpp"

#include "wire/check_json.hpp"
#include "wire/find.hpp"

#include <parlance/asio.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace parlance {
namespace {

constexpr std::string_view head = R"({"type":")", middle = R"(","data":)";

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
    wire::each_member(text, [&](std::string_view name, wire::text_span value) {
        if (wire::spells(name, "type")) {
            out.type = value;
            out.type_is_escaped = false;
            auto const begins = text[value.begin];
            if (begins == '"') {
                out.type = {value.begin + 1, value.size - 2};
                out.type_is_escaped = out.type.of(text).find('\\') != text.npos;
            } else if (begins == '{' || begins == '[') {
                out.type = {};
            }
        } else if (wire::spells(name, "data")) {
            out.data = value;
        }
    });
    return out;
}

std::string_view name_in(std::string_view data) noexcept {
    // nearly no message has one: not a member is looked at where these letters are not there
    if (data.empty() || data.front() != '{' || data.find("id\"") == data.npos) return {};
    auto const id = wire::member_of(data, "id");
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
