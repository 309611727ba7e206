#pragma once
/// What workers listen on: one socket for all that asked with the same key.

#include "base/condition.hpp"
#include "cluster/open_socket.hpp"
#include "cluster/rotation.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace parlance {

struct cluster_port {
    cluster_port(asio::any_io_executor executor, listen_query const& asked, opened_socket opened, bool accepts)
        : key(asked.key), at(asked.at), path(std::move(opened.path)), here(std::move(opened.here)),
          is_round_robin(accepts), socket(executor, opened.socket.release()), room(executor), patience(executor) {}

    std::string const key;
    listen_address const at; ///< as it was asked for
    socket_path path;
    std::optional<socket_name> const here;
    bool const is_round_robin; ///< we accept
    js::value data{};
    std::set<unsigned> users{}; ///< the ids of its workers
    asio::posix::stream_descriptor socket;

    rotation<unique_fd> turns{}; ///< of round robin only
    bool is_retrying = false;    ///< what all have refused is offered again in a moment
    condition room;              ///< for the one who accepts
    asio::steady_timer patience; ///< for another worker, when the last one died

    bool is_open() const { return socket.is_open(); }
    void close() {
        path = socket_path(); // first, so that nobody finds a path on which nobody listens
        boost::system::error_code ignored;
        socket.close(ignored);
        turns.drop_waiting();
        room.notify_all();
        patience.cancel();
    }
    /// As the worker's `listening` said it.
    listen_address listened() const {
        auto said = at;
        if (said.port <= 0 && here) said.port = here->port;
        return said;
    }
};

} // namespace parlance
