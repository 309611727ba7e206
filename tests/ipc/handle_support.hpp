#pragma once
/// What the tests of handles share: TCP connections on this machine.
#include "support.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace parlance::testing {

namespace ip = asio::ip;
using tcp = ip::tcp;
using kind = ipc_handle::kind;

inline tcp::acceptor listening(asio::any_io_executor const& loop) {
    return {loop, tcp::endpoint(ip::make_address("127.0.0.1"), 0)};
}

/// Two ends of one TCP connection.
inline asio::awaitable<std::pair<tcp::socket, tcp::socket>> connection() {
    auto const loop = co_await asio::this_coro::executor;
    auto door = listening(loop);
    tcp::socket client(loop);
    client.connect(door.local_endpoint());
    auto server = co_await door.async_accept(asio::use_awaitable);
    co_return std::pair(std::move(client), std::move(server));
}

/// All that comes until the end.
template <class Socket> asio::awaitable<std::string> read_all(Socket& from) {
    std::string all;
    char room[1000];
    for (;;) {
        auto const [fault, got] =
            co_await from.async_read_some(asio::buffer(room), asio::as_tuple(asio::use_awaitable));
        if (fault) co_return all;
        all.append(room, got);
    }
}

/// What a bare end has got until now.
inline asio::awaitable<std::string> heard(stream& peer) {
    std::array<char, 4096> room;
    auto const got = co_await peer.read_some(room);
    co_return std::string(room.data(), got);
}

} // namespace parlance::testing
