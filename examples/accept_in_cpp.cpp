#include <parlance/parlance.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <csignal>
#include <iostream>

using namespace parlance;
using asio::ip::tcp;

asio::awaitable<void> hand_on(tcp::acceptor& door, std::vector<child>& workers) {
    for (std::size_t turn = 0;; ++turn) {
        auto connection = co_await door.async_accept(asio::use_awaitable);
        auto& worker = workers[turn % workers.size()].channel();
        co_await worker.send(js::value("yours"), ipc_handle::socket(std::move(connection)));
    }
}

asio::awaitable<void> serve(std::string script, unsigned short port) {
    using namespace asio::experimental::awaitable_operators;
    auto const loop = co_await asio::this_coro::executor;
    asio::signal_set told(loop, SIGINT, SIGTERM);
    tcp::acceptor door(loop, {asio::ip::address_v4::loopback(), port});
    std::vector<child> workers;
    workers.push_back(fork(script));
    workers.push_back(fork(script));
    std::cout << "listens on " << door.local_endpoint().port() << std::endl;
    co_await (hand_on(door, workers) || told.async_wait(asio::use_awaitable));
    door.close();
    for (auto& worker : workers) {
        co_await worker.channel().disconnect(); // Node ends when it has answered all
        std::cout << (co_await worker.wait()).sentence() << std::endl;
    }
}

int main(int argc, char** argv) {
    run(serve(argc > 1 ? argv[1] : "accept_in_cpp.js", static_cast<unsigned short>(argc > 2 ? std::stoi(argv[2]) : 0)));
}
