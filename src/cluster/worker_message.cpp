#include "cluster/worker_message.hpp"

#include "js/number_text.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace parlance {
namespace {

using address_kind = listen_address::kind;

constexpr int usual_backlog = 511;

std::string string_in(js::value const& whole, std::string_view name) {
    auto const* const found = whole.find(name);
    auto const* const text = found ? found->get_if<std::string>() : nullptr;
    return text ? *text : std::string();
}

/// A whole number from 0 on.
std::optional<std::uint64_t> count_in(js::value const& whole, std::string_view name) {
    constexpr double limit = 9007199254740992.0; // 2^53: from there on numbers have gaps
    auto const* const found = whole.find(name);
    auto const* const n = found ? found->get_if<double>() : nullptr;
    if (!n || !(*n >= 0 && *n < limit) || *n != std::floor(*n)) return std::nullopt;
    return static_cast<std::uint64_t>(*n);
}

std::optional<int> int_in(js::value const& whole, std::string_view name) {
    auto const n = count_in(whole, name);
    return n && *n <= 0x7fffffff ? std::optional(static_cast<int>(*n)) : std::nullopt;
}

bool is_true(js::value const& whole, std::string_view name) {
    auto const* const found = whole.find(name);
    auto const* const yes = found ? found->get_if<bool>() : nullptr;
    return yes && *yes;
}

/// As a template literal of JavaScript writes it.
std::string text_in(js::value const& whole, std::string_view name) {
    auto const* const found = whole.find(name);
    if (!found || found->is_undefined()) return "undefined";
    if (auto const* const text = found->get_if<std::string>()) return *text;
    if (auto const* const n = found->get_if<double>()) return js::number_text(*n);
    if (auto const* const yes = found->get_if<bool>()) return *yes ? "true" : "false";
    return found->is<std::nullptr_t>() ? "null" : "[object Object]";
}

/// The `addressType`, which is a number for streams, a word for datagrams, and null for a descriptor.
std::optional<address_kind> kind_in(js::value const& whole) {
    constexpr std::array<std::pair<std::string_view, address_kind>, 6> kinds{{{"4", address_kind::tcp4},
                                                                              {"6", address_kind::tcp6},
                                                                              {"-1", address_kind::path},
                                                                              {"udp4", address_kind::udp4},
                                                                              {"udp6", address_kind::udp6},
                                                                              {"null", address_kind::descriptor}}};
    auto const text = text_in(whole, "addressType");
    for (auto const& [name, what] : kinds)
        if (name == text) return what;
    if (text == "undefined") return address_kind::descriptor;
    return std::nullopt;
}

listen_address address_in(js::value const& whole) {
    listen_address at;
    at.how = kind_in(whole).value_or(address_kind::tcp4);
    at.address = string_in(whole, "address");
    at.port = int_in(whole, "port").value_or(-1);
    return at;
}

listen_query query_in(js::value const& whole) {
    listen_query query;
    query.at = address_in(whole);
    query.fd = int_in(whole, "fd").value_or(-1);
    if (query.fd >= 0 && (query.at.how == address_kind::tcp4 || query.at.how == address_kind::tcp6))
        query.at.how = address_kind::descriptor;
    query.flags = static_cast<unsigned>(int_in(whole, "flags").value_or(0));
    query.backlog = int_in(whole, "backlog").value_or(0);
    if (query.backlog == 0) query.backlog = usual_backlog;
    query.readable_all = is_true(whole, "readableAll");
    query.writable_all = is_true(whole, "writableAll");
    query.key = text_in(whole, "address");
    for (auto const* const name : {"port", "addressType", "fd", "index"}) query.key += ":" + text_in(whole, name);
    if (auto const* const data = whole.find("data")) query.data = *data;
    bool const by_port = query.at.how != address_kind::path && query.at.how != address_kind::descriptor;
    query.is_sane = kind_in(whole).has_value() && (!by_port || (query.at.port >= 0 && query.at.port <= 65535)) &&
                    (query.at.how != address_kind::path || !query.at.address.empty()) &&
                    (query.at.how != address_kind::descriptor || query.fd >= 0);
    return query;
}

worker_message::act act_in(js::value const& whole) {
    using act = worker_message::act;
    constexpr std::array<std::pair<std::string_view, act>, 5> acts{{{"online", act::online},
                                                                    {"queryServer", act::query},
                                                                    {"listening", act::listening},
                                                                    {"close", act::close},
                                                                    {"exitedAfterDisconnect", act::leaves}}};
    auto const text = string_in(whole, "act");
    for (auto const& [name, what] : acts)
        if (name == text) return what;
    return act::other;
}

} // namespace

std::optional<worker_message> read_worker_message(js::value const& whole) {
    if (string_in(whole, "cmd") != "NODE_CLUSTER") return std::nullopt;
    worker_message m;
    m.what = act_in(whole);
    m.seq = count_in(whole, "seq").value_or(0);
    m.ack = count_in(whole, "ack");
    m.accepted = is_true(whole, "accepted");
    m.key = string_in(whole, "key");
    if (m.what == worker_message::act::listening) m.at = address_in(whole);
    if (m.what == worker_message::act::query) m.query = query_in(whole);
    return m;
}

} // namespace parlance
