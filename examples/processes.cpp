#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

asio::awaitable<void> sort_three_words() {
    auto child = spawn("sort", {"--reverse"});
    co_await child.in().write("one\ntwo\nthree\n");
    child.in().close_write();
    std::cout << co_await child.out().read_all();
    (co_await child.wait()).check(); // throws what happened, in one sentence, unless it was exit 0
}

int main() { run(sort_three_words()); }
