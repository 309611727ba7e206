#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

asio::awaitable<void> ask_two_adders() {
    pool adders("node", {"-e", R"(require('readline').createInterface({input: process.stdin})
        .on('line', (line) => console.log(JSON.parse(line).reduce((a, b) => a + b))))"},
                {.size = 2}, {.note = [](auto said) { std::cerr << said << '\n'; }});

    for (std::string const numbers : {"[1, 2]", "[3, 4, 5]"}) {
        auto worker = co_await adders.acquire(); // one that nobody has; waits for it
        co_await worker.talk().send(message(numbers));
        if (auto sum = co_await worker.talk().receive()) // none: it died, and the pool starts another
            std::cout << sum->text() << '\n';
    } // the worker goes back, and stays warm

    co_await adders.restart(); // one after another, never fewer than two
    co_await adders.drain();   // what is in hand is finished
    auto const sums = adders.statistics();
    std::cout << sums.starts << " started, " << sums.deaths << " died\n";
}

int main() { run(ask_two_adders()); }
