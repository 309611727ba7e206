#pragma once
/// What a primary of Node's cluster module says to its workers. Pure.

#include "cluster/worker_message.hpp"

#include <parlance/js.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// Where a socket listens, in the words of Node's `server.address()`.
struct socket_name {
    std::string address{};
    bool is_v6 = false;
    int port = 0;
    bool operator==(socket_name const&) const = default;
};

/// The answer to a query where we accept: it goes without a descriptor, by which the worker knows that it will get
/// connections. `here` is none for Unix sockets.
js::value say_round_robin(worker_message const& query, js::value data, std::optional<socket_name> const& here);
/// The same where the worker accepts: the socket goes with it.
js::value say_shared(worker_message const& query, js::value data);
/// The same where there is no socket; `number` is an errno, EADDRINUSE as it is.
js::value say_no_socket(worker_message const& query, int number);
/// A connection, which goes with it, for the server with this key. The worker's answer has `seq` as its ack.
js::value say_new_connection(std::string_view key, std::uint64_t seq);
js::value say_disconnect();
js::value say_received(std::uint64_t seq);

} // namespace parlance
