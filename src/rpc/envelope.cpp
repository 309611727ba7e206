#include "rpc/envelope.hpp"

#include "wire/check_json.hpp"
#include "wire/json_member.hpp"

#include <parlance/error.hpp>
#include <parlance/message.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace parlance {
namespace {

/// JSON that is valid, as Boost spells it; none for half a surrogate pair, which it does not take.
std::optional<json::value> understood(std::string_view valid) {
    try {
        return parse_json(valid);
    } catch (failure const&) {
        return {};
    }
}

std::string unquoted(std::string_view quoted) { return wire::unescaped(quoted.substr(1, quoted.size() - 2)); }

bool is_string(std::string_view value) noexcept { return value.starts_with('"'); }
bool is_null(std::string_view value) noexcept { return value == "null"; }
bool may_be_id(std::string_view value) noexcept {
    return is_string(value) || is_null(value) || value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
}

/// The members that mean something; empty where they are not there.
struct members {
    std::string_view version, id, method, params, result, error;
};

members members_of_object(std::string_view object) {
    using place = std::string_view members::*;
    static constexpr std::array<std::pair<std::string_view, place>, 6> names{{{"jsonrpc", &members::version},
                                                                              {"id", &members::id},
                                                                              {"method", &members::method},
                                                                              {"params", &members::params},
                                                                              {"result", &members::result},
                                                                              {"error", &members::error}}};
    members all;
    wire::each_member(object, [&](std::string_view name, wire::text_span value) {
        auto const* const known =
            std::ranges::find_if(names, [&](auto const& one) { return wire::spells(name, one.first); });
        if (known != names.end()) all.*known->second = value.of(object);
    });
    return all;
}

envelope invalid(std::string_view reason, std::string_view id = {}) {
    return {.kind = envelope_kind::invalid, .id = id, .reason = reason};
}

/// Strict: what is wrong is answered, and its sender can mend it.
envelope read_request(members const& all) {
    auto const id = !all.id.empty() && may_be_id(all.id) ? all.id : std::string_view();
    if (!all.id.empty() && id.empty()) return invalid("the id is no string, number or null");
    if (!is_string(all.method)) return invalid("the method is no string", id);
    if (!is_string(all.version) || unquoted(all.version) != "2.0") return invalid("jsonrpc is not \"2.0\"", id);
    auto const params = is_null(all.params) ? std::string_view() : all.params;
    if (!params.empty() && !is_structured(params)) return invalid("the params are no object and no array", id);
    return {.kind = id.empty() ? envelope_kind::notification : envelope_kind::request,
            .id = id,
            .method = unquoted(all.method),
            .params = params};
}

/// Lenient: nobody is told what is wrong with a reply, and whose call it is matters more.
envelope read_reply(members const& all) {
    auto const error = is_null(all.error) ? std::string_view() : all.error;
    bool const both = !error.empty() && !all.result.empty() && !is_null(all.result);
    if (both || (error.empty() && all.result.empty())) {
        if (all.id.empty()) return invalid("neither a request nor a reply");
        return {.kind = envelope_kind::bad_reply,
                .id = all.id,
                .reason = both ? "both a result and an error" : "neither a result nor an error"};
    }
    return {.kind = error.empty() ? envelope_kind::result : envelope_kind::error,
            .id = all.id.empty() ? std::string_view("null") : all.id,
            .body = error.empty() ? all.result : error};
}

envelope read_object(std::string_view value) {
    if (!value.starts_with('{')) return invalid("not an object");
    auto const all = members_of_object(value);
    return all.method.empty() ? read_reply(all) : read_request(all);
}

} // namespace

opened_message open_message(std::string_view text) {
    if (!wire::is_json(text)) return {{{.kind = envelope_kind::not_json}}};
    text.remove_prefix(wire::skip_space(text));
    if (!text.starts_with('[')) return {{read_object(text)}};
    opened_message opened{.all = {}, .is_batch = true};
    wire::each_element(text, [&](std::string_view value) { opened.all.push_back(read_object(value)); });
    if (opened.all.empty()) return {{invalid("an empty batch")}};
    return opened;
}

std::string id_key(std::string_view id) {
    if (!is_string(id) || id.find('\\') == id.npos) return std::string(id);
    auto const value = understood(id);
    return value ? json::serialize(*value) : std::string(id);
}

std::uint64_t call_number(std::string_view id) noexcept {
    std::uint64_t number = 0;
    auto const* end = id.data() + id.size();
    auto const [rest, fault] = std::from_chars(id.data(), end, number);
    return fault == std::errc{} && rest == end ? number : 0;
}

std::string request_text(std::uint64_t id, std::string_view method, std::string_view params) {
    std::string text = R"({"jsonrpc":"2.0")";
    if (id != 0) text.append(R"(,"id":)").append(std::to_string(id));
    text.append(R"(,"method":)").append(json::serialize(json::string(method)));
    if (!params.empty()) text.append(R"(,"params":)").append(params);
    return text += '}';
}

std::string result_text(std::string_view id, std::string_view result) {
    std::string text = R"({"jsonrpc":"2.0","id":)";
    return text.append(id).append(R"(,"result":)").append(result).append("}");
}

std::string error_text(std::string_view id, std::string_view error) {
    std::string text = R"({"jsonrpc":"2.0","id":)";
    return text.append(id).append(R"(,"error":)").append(error).append("}");
}

std::string error_object(int code, std::string_view message) {
    std::string text = R"({"code":)" + std::to_string(code);
    return text.append(R"(,"message":)").append(json::serialize(json::string(message))).append("}");
}

std::string without_line_breaks(std::string json) {
    for (auto& c : json)
        if (c == '\n' || c == '\r') c = ' ';
    return json;
}

bool is_structured(std::string_view json) noexcept {
    auto const first = wire::skip_space(json);
    return first < json.size() && (json[first] == '{' || json[first] == '[');
}

} // namespace parlance
