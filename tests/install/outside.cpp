// Ten lines outside the tree, against an installed parlance.
#include <parlance/parlance.hpp>

#include <iostream>

parlance::asio::awaitable<int> say_hello() {
    auto child = parlance::spawn("cat");
    auto talk = child.messages();
    parlance::json::value const hello{{"text", "hello"}};
    co_await talk.send(parlance::message(hello));
    std::cout << (co_await talk.receive())->json().at("text").as_string().c_str() << '\n';
    co_await talk.close();
    co_return (co_await child.wait()).shell_status();
}

int main() { return parlance::run(say_hello()); }
