#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;
using namespace std::chrono_literals;

asio::awaitable<void> story() {
    auto child = spawn("sort", {"--reverse"}, {.input = "one\ntwo\n", .timeout = 5s});
    std::cout << (co_await child.collect()).check().out;
}

int main() { run(story()); }
