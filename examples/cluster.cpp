#include <parlance/parlance.hpp>

#include <csignal>
#include <iostream>

using namespace parlance;

asio::awaitable<void> serve(std::string script, std::string port) {
    using namespace asio::experimental::awaitable_operators;
    asio::signal_set told(co_await asio::this_coro::executor, SIGINT, SIGTERM);
    cluster_hooks hooks;
    hooks.listening = [](cluster_worker worker, listen_address const& at) {
        std::cout << "worker " << worker.id() << " listens on " << at.port << std::endl;
    };
    cluster servers(script, {port}, {.workers = 2}, hooks);
    co_await (servers.run() || told.async_wait(asio::use_awaitable));
    co_await servers.disconnect(); // who is being served is served to the end
    std::cout << servers.statistics().connections << " connections\n";
}

int main(int argc, char** argv) { run(serve(argc > 1 ? argv[1] : "cluster_worker.js", argc > 2 ? argv[2] : "8000")); }
