// Node's IPC channel, both ends: this program forks a Node script, and answers when something forks it.
#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

asio::awaitable<void> talk_to_node(std::string script) {
    auto child = fork(script);
    auto& talk = child.channel();
    json::value const hello{{"text", "hello"}};
    co_await talk.send(hello);
    if (auto answer = co_await talk.receive()) std::cout << answer->text() << '\n';
    co_await talk.disconnect(); // flushed; a child with nothing else to do ends
    (co_await child.wait()).check();
}

asio::awaitable<void> answer_the_parent(ipc_channel talk) {
    while (auto m = co_await talk.receive()) {
        json::value const answer{{"heard", m->json()}};
        co_await talk.send(answer);
    }
}

int main(int argc, char** argv) try {
    if (auto talk = parent()) // none where nobody forked us
        run(answer_the_parent(std::move(*talk)));
    else if (argc > 1)
        run(talk_to_node(argv[1]));
} catch (std::exception const& fault) {
    std::cerr << fault.what() << '\n';
    return 1;
}
