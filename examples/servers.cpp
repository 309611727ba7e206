#include <parlance/parlance.hpp>

#include <csignal>
#include <iostream>

using namespace parlance;

asio::awaitable<void> story() {
    using namespace asio::experimental::awaitable_operators;
    asio::signal_set told(co_await asio::this_coro::executor, SIGINT, SIGTERM);
    pool servers("sleep", {"1000"}, {.size = 4, .talks = false});
    co_await servers.start();
    std::cout << "ready" << std::endl;
    co_await (servers.run() || told.async_wait(asio::use_awaitable));
    co_await servers.drain();
    std::cout << "none of " << servers.statistics().starts << " is left\n";
}

int main() { run(story()); }
