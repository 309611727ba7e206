#pragma once
/// The other side of one conversation, as it is inside.

#include "socket/settings.hpp"
#include "socket/unconfirmed.hpp"

#include <parlance/socket.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace parlance {

/// What a socket_peer is a handle of. Implementations: a stream of a server's (stream_link), a client's connection,
/// over all its reconnects (client_core), a UDP peer (datagram_link).
class socket_peer::link {
public:
    link(std::shared_ptr<socket_settings const> how, address place)
        : settings(std::move(how)), from(std::move(place)) {}
    link(link const&) = delete;
    link& operator=(link const&) = delete;
    virtual ~link() = default;

    /// As socket_peer::emit, of a frame that was checked.
    virtual asio::awaitable<std::uint64_t> send(message frame) = 0;
    virtual bool try_send(message& frame) = 0;
    virtual void close() = 0;
    virtual bool is_connected() const noexcept = 0;

    /// node-ipc's: the last truthy data.id.
    void learn_name(std::string_view data);

    std::shared_ptr<socket_settings const> const settings;
    address const from;
    std::uint64_t number = 0;
    std::optional<credentials> who{};
    std::string id{}; ///< JSON; empty before there was one
};

/// Throws it where it is awaited, as everything that is awaited does.
asio::awaitable<std::uint64_t> refuse_to_send(failure why);

} // namespace parlance
