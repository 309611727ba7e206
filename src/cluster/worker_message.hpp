#pragma once
/// What a worker of Node's cluster module says to its primary. Pure. docs/cluster.md has the messages.

#include <parlance/cluster.hpp>
#include <parlance/js.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace parlance {

/// A server of a worker asks for its socket.
struct listen_query {
    listen_address at{};
    int fd = -1; ///< of `at.how == kind::descriptor`: a descriptor of ours
    unsigned flags = 0;
    int backlog = 511;
    bool readable_all = false, writable_all = false; ///< of a path: who may connect
    std::string key{};                               ///< who asks with the same one gets the same socket
    js::value data{};    ///< the server's own; the first one that comes with a key goes back to all
    bool is_sane = true; ///< else no server of Node's asked it
};

struct worker_message {
    enum class act {
        other, ///< nothing that a primary knows
        online,
        query,     ///< `query`
        listening, ///< `at`
        close,     ///< the server with `key` is closed
        leaves,    ///< wants to disconnect, once this is acknowledged
    };
    act what = act::other;
    std::uint64_t seq = 0;
    std::optional<std::uint64_t> ack{}; ///< of a message of ours
    bool accepted = false;              ///< what was sent with that one
    std::string key{};
    listen_address at{};
    listen_query query{};
};

/// Flags of `listen_query`, as libuv numbers them.
inline constexpr unsigned listen_ipv6_only = 1, listen_reuse_address = 4;

/// What it says; none where it is no message of the cluster module.
std::optional<worker_message> read_worker_message(js::value const& whole);

} // namespace parlance
