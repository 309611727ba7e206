// A server and a client on node-ipc's wire. Either may be replaced by an unmodified node-ipc program.
//
//     example_socket serve      until Ctrl-C
//     example_socket greet
#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

asio::awaitable<void> serve(server& world) {
    world.on("message", [](socket_event const& m) -> asio::awaitable<void> {
        co_await m.peer.emit("message", std::string(m.json().as_string()) + " world!");
    });
    co_await world.run();
}

asio::awaitable<void> greet(client& world) {
    co_await world.emit("message", "hello");
    if (auto answer = co_await world.receive()) std::cout << answer->type() << ": " << answer->text() << '\n';
    co_await world.disconnect(); // flushed
}

int main(int argc, char** argv) try {
    if (argc > 1 && argv[1] == std::string("serve")) {
        server world("world"); // listens at /tmp/app.world, where node-ipc's clients look for it
        run(serve(world));
    } else {
        client world("world");
        run(greet(world));
    }
} catch (std::exception const& fault) {
    std::cerr << fault.what() << '\n';
    return 1;
}
