#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

asio::awaitable<void> talk_to_node() {
    auto child = spawn("node", {"-e", R"(require('readline').createInterface({input: process.stdin})
        .on('line', (line) => console.log(JSON.stringify({heard: JSON.parse(line)}))))"});
    auto talk = child.messages();
    json::value const hello{{"type", "handshake"}, {"payload", "hello"}};
    co_await talk.send(message(hello));
    if (auto answer = co_await talk.receive()) std::cout << answer->text() << '\n';
    co_await talk.close(); // its end of input; a good child ends
    (co_await child.wait()).check();
}

int main() { run(talk_to_node()); }
