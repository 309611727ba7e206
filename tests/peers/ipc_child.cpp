// A child for Node, or for us, to fork. usage: ipc_child [--flags of the parent's] echo | about | early | burst N |
// large N
#include <parlance/parlance.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <poll.h>

#include <cstdlib>
#include <iostream>

using namespace parlance;

namespace {

/// Each value decoded, and written anew; sockets are answered to.
asio::awaitable<void> echo(ipc_channel& talk) {
    while (auto m = co_await talk.receive()) {
        auto handle = m->take_handle();
        js::value v = m->value();
        if (!handle) {
            co_await talk.send(std::move(v));
            continue;
        }
        auto const executor = co_await asio::this_coro::executor;
        switch (handle.what()) {
        case ipc_handle::kind::socket: {
            auto connection = std::move(handle).as<asio::ip::tcp::socket>(executor);
            std::string const words = "hello from C++\n";
            co_await asio::async_write(connection, asio::buffer(words), asio::use_awaitable);
            break;
        }
        case ipc_handle::kind::server: {
            auto listening = std::move(handle).as<asio::ip::tcp::acceptor>(executor);
            co_await talk.send(std::move(v)); // now the parent may connect
            auto connection = co_await listening.async_accept(asio::use_awaitable);
            std::string const words = "accepted by C++\n";
            co_await asio::async_write(connection, asio::buffer(words), asio::use_awaitable);
            continue;
        }
        case ipc_handle::kind::datagram: {
            auto socket = std::move(handle).as<asio::ip::udp::socket>(executor);
            char room[100];
            asio::ip::udp::endpoint from;
            co_await talk.send(std::move(v));
            auto const got = co_await socket.async_receive_from(asio::buffer(room), from, asio::use_awaitable);
            co_await socket.async_send_to(asio::buffer(room, got), from, asio::use_awaitable);
            continue;
        }
        default: break;
        }
        co_await talk.send(std::move(v));
    }
}

asio::awaitable<void> about(ipc_channel& talk) {
    json::value const facts{
        {"mode", name_of(talk.mode())},
        {"second", parent().has_value()},
        {"variables", std::getenv("NODE_CHANNEL_FD") || std::getenv("NODE_CHANNEL_SERIALIZATION_MODE")},
        {"close_on_exec", ::fcntl(3, F_GETFD) == FD_CLOEXEC}};
    co_await talk.send(facts);
    while (co_await talk.receive()) {}
}

asio::awaitable<void> burst(ipc_channel& talk, int count, std::size_t bytes) {
    for (int i = 0; i < count; ++i) {
        json::value const m{{"i", i}, {"filler", std::string(bytes, 'x')}};
        co_await talk.send(m);
    }
    co_await talk.disconnect();
}

} // namespace

int main(int argc, char** argv) try {
    auto talk = parent();
    if (!talk) {
        std::cerr << "nobody forked this\n";
        return 2;
    }
    int first = 1;
    while (first < argc && argv[first][0] == '-') ++first;
    std::string const job = first < argc ? argv[first] : "echo";
    int const number = first + 1 < argc ? std::atoi(argv[first + 1]) : 0;
    if (job == "about") run(about(*talk));
    if (job == "echo") run(echo(*talk));
    if (job == "early") { // what comes before it listens is kept
        pollfd channel{3, POLLIN, 0};
        ::poll(&channel, 1, -1);
        run(echo(*talk));
    }
    if (job == "burst") run(burst(*talk, number, 20));
    if (job == "large") run(burst(*talk, 1, static_cast<std::size_t>(number)));
    return 0;
} catch (failure const& fault) {
    std::cerr << fault.what() << '\n';
    return 3;
}
