#include <parlance/parlance.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <iostream>

using namespace parlance;
using asio::ip::tcp;

asio::awaitable<void> answer(tcp::socket connection, std::string body) {
    std::string request;
    co_await asio::async_read_until(connection, asio::dynamic_buffer(request), "\r\n\r\n", asio::use_awaitable);
    auto const response =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    co_await asio::async_write(connection, asio::buffer(response), asio::use_awaitable);
}

asio::awaitable<void> serve(ipc_channel node, std::string name) {
    auto const loop = co_await asio::this_coro::executor;
    while (auto m = co_await node.receive()) // until Node disconnects
        if (m->has_handle())
            asio::co_spawn(loop, answer(m->take_handle().as<tcp::socket>(loop), name + "\n"), asio::detached);
}

int main(int argc, char** argv) {
    if (auto node = parent())
        run(serve(std::move(*node), argc > 1 ? argv[1] : "a worker"));
    else
        std::cerr << "start me by `node handed_by_node.js " << argv[0] << "`\n";
}
