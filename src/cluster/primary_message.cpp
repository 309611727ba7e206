#include "cluster/primary_message.hpp"

#include <initializer_list>

namespace parlance {
namespace {

js::object cluster_message(std::initializer_list<js::object::member> members) {
    js::object m;
    m["cmd"] = "NODE_CLUSTER";
    for (auto const& [name, value] : members) m[name] = value;
    return m;
}

js::object answer_to(worker_message const& query, js::value number) {
    return cluster_message({{"errno", std::move(number)}, {"key", query.query.key}, {"ack", query.seq}});
}

} // namespace

js::value say_round_robin(worker_message const& query, js::value data, std::optional<socket_name> const& here) {
    auto m = answer_to(query, nullptr);
    m["data"] = std::move(data);
    if (here)
        m["sockname"] =
            js::object{{"address", here->address}, {"family", here->is_v6 ? "IPv6" : "IPv4"}, {"port", here->port}};
    return m;
}

js::value say_shared(worker_message const& query, js::value data) {
    auto m = answer_to(query, 0);
    m["data"] = std::move(data);
    return m;
}

js::value say_no_socket(worker_message const& query, int number) {
    auto m = answer_to(query, -number);
    m["data"] = nullptr;
    return m;
}

js::value say_new_connection(std::string_view key, std::uint64_t seq) {
    return cluster_message({{"act", "newconn"}, {"key", key}, {"seq", seq}});
}

js::value say_disconnect() { return cluster_message({{"act", "disconnect"}}); }
js::value say_received(std::uint64_t seq) { return cluster_message({{"ack", seq}}); }

} // namespace parlance
