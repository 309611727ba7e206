#pragma once
/// A server's UDP socket, and whom it has heard.

#include "socket/core.hpp"

#include <boost/asio/ip/udp.hpp>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <vector>

namespace parlance {

/// The most that a datagram carries over IPv4; over IPv6 it is a little more, which nobody should count on.
inline constexpr std::size_t datagram_limit_bytes = 65507;

class datagram_door : public std::enable_shared_from_this<datagram_door> {
public:
    using self = std::shared_ptr<datagram_door>;
    using endpoint = asio::ip::udp::endpoint;
    /// Remembers so many peers; whoever was silent for the longest is forgotten for the next. UDP's senders can be made
    /// up: without a limit anybody could fill our memory.
    static constexpr std::size_t most_peers = 10'000;

    /// Bound when it resumes. Throws failure.
    static asio::awaitable<self> open(address where, std::shared_ptr<socket_settings const> how, std::size_t peers);

    /// All that comes, told to `core`, until `close`.
    static asio::awaitable<void> hear(self, socket_core::self core);
    /// Sends one datagram. Throws failure with the system's code.
    static asio::awaitable<void> send(self, std::string bytes, endpoint to);
    bool try_send(std::string const& bytes, endpoint const& to);
    /// Who is there, made known where it was not.
    socket_peer peer_at(endpoint const& where);
    std::vector<socket_peer> peers() const;
    static asio::awaitable<std::uint64_t> send_frame(socket_peer const& to, message frame);
    void close() noexcept;
    address const& where() const noexcept { return where_; }

private:
    class link;
    datagram_door(asio::ip::udp::socket socket, std::shared_ptr<socket_settings const> how, std::size_t peers);
    struct acquaintance {
        std::shared_ptr<link> who;
        std::list<endpoint>::iterator turn; ///< in `silent_longest_`
    };
    static asio::awaitable<void> take(self, socket_core::self core, std::string_view datagram, endpoint from);
    std::shared_ptr<link> know(endpoint const& from, bool& is_new, socket_peer& forgotten);
    void forget(endpoint const&);

    asio::ip::udp::socket socket_;
    std::shared_ptr<socket_settings const> settings_;
    std::size_t most_;
    address where_;
    std::map<endpoint, acquaintance> known_;
    std::list<endpoint> silent_longest_; ///< the one at the front
    std::uint64_t last_number_ = 0;
};

} // namespace parlance
