#include "ipc/envelope.hpp"

#include "ipc/handle_facts.hpp"
#include "js/v8_scan.hpp"
#include "wire/find.hpp"
#include "wire/json_member.hpp"

#include <boost/json/serialize.hpp>

namespace parlance {

std::string text_member(js::value const& of, std::string_view name) {
    auto const* const found = of.find(name);
    auto const* const text = found ? found->get_if<std::string>() : nullptr;
    return text ? *text : std::string();
}

bool is_internal(js::value const& whole) noexcept {
    auto const* const list = whole.get_if<js::array>(); // which may have names too
    auto const* cmd = list ? list->properties.find("cmd") : whole.find("cmd");
    auto const* const boxed = cmd ? cmd->get_if<js::boxed>() : nullptr; // in JSON it is a plain one
    if (boxed) cmd = &boxed->primitive();
    auto const* const text = cmd ? cmd->get_if<std::string>() : nullptr;
    return text && is_internal_command(*text);
}

bool is_internal(json::value const& whole) noexcept {
    auto const* const members = whole.if_object();
    auto const* const cmd = members ? members->if_contains("cmd") : nullptr;
    return cmd && cmd->is_string() && is_internal_command(cmd->get_string());
}

bool may_be_internal(std::string_view json) noexcept {
    auto const first = wire::skip_space(json);
    if (first == json.size() || json[first] != '{') return false;
    return json.find("NODE_") != json.npos || json.find("\\u") != json.npos; // any character may be written as \u004e
}

bool begins_envelope(serialization how, std::string_view start) noexcept {
    if (how == serialization::advanced) return js::v8_scan(start).command == node::handle;
    for (std::string_view const part : {"{", "\"cmd\"", ":", "\"NODE_HANDLE\""}) {
        start.remove_prefix(wire::skip_space(start));
        if (!start.starts_with(part)) return false;
        start.remove_prefix(part.size());
    }
    return true;
}

handle_message open_envelope(js::value whole) {
    handle_message out;
    for (int layers = 0; layers < 2; ++layers) {
        if (layers == 0 || text_member(whole, "cmd") == node::handle) {
            out.type = text_member(whole, "type");
            if (auto key = text_member(whole, "key"); !key.empty()) out.key = std::move(key);
            auto* const members = whole.get_if<js::object>();
            auto* const inside = members ? members->find("msg") : nullptr;
            auto payload = inside ? std::move(*inside) : js::value();
            js::shift_references(payload, -1); // it is no longer part of the envelope
            whole = std::move(payload);
        }
    }
    out.payload = std::move(whole);
    return out;
}

std::string_view payload_of(std::string_view envelope) {
    auto const payload = wire::member_of(envelope, "msg");
    return wire::spells(wire::member_of(payload, "cmd"), node::handle) ? wire::member_of(payload, "msg") : payload;
}

std::string make_json_envelope(ipc_handle const& handle, std::string_view datagram_type, std::string_view payload) {
    std::string out = "{\"cmd\":\"NODE_HANDLE\",\"type\":\"";
    out.append(type_name_of(handle.what())).append("\",\"msg\":").append(payload);
    if (!datagram_type.empty()) out.append(",\"dgramType\":\"").append(datagram_type) += '"';
    if (!handle.key.empty()) out.append(",\"key\":").append(json::serialize(json::value(handle.key)));
    return out += '}';
}

js::value make_envelope(ipc_handle const& handle, std::string_view datagram_type, js::value payload) {
    js::shift_references(payload, 1);
    js::object out;
    out["cmd"] = node::handle;
    out["type"] = type_name_of(handle.what());
    out["msg"] = std::move(payload);
    if (!datagram_type.empty()) out["dgramType"] = datagram_type;
    if (!handle.key.empty()) out["key"] = handle.key;
    return out;
}

std::string in_whole_words(std::string frame) {
    frame.append((4 - frame.size() % 4) % 4, '\0');
    return frame;
}

js::value command(std::string_view cmd, std::string_view key) {
    js::object out;
    out["cmd"] = cmd;
    if (!key.empty()) out["key"] = key;
    return out;
}

} // namespace parlance
