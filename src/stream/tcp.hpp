#pragma once
/// What dialling and listening have in common on TCP.

#include <parlance/address.hpp>
#include <parlance/dial.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <vector>

namespace parlance {

/// The addresses that a name has, a number included; at least one. Throws failure with the resolver's code.
asio::awaitable<std::vector<asio::ip::address>> resolve(std::string host, ip_family family);

/// Sends at once, and notices a dead peer.
void prepare_tcp(int socket, std::chrono::milliseconds keepalive) noexcept;

/// "127.0.0.1:8000" of a socket's own end or of its peer's; of one that is gone, port 0 of no host.
address tcp_address_of(asio::ip::tcp::endpoint const&);

} // namespace parlance
