#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;
using namespace std::chrono_literals;

void sort_three_words() {
    auto const sorted = exec_file_sync("sort", {"--reverse"}, {.input = "one\ntwo\nthree\n", .timeout = 5s});
    std::cout << sorted.check().out; // throws what happened, in one sentence, unless it was exit 0
}

asio::awaitable<void> follow_a_program() {
    auto child = spawn("sh", {"-c", "for n in 1 2 3; do echo line $n; done; exit 3"});
    while (auto line = co_await child.out().line()) std::cout << "it says: " << *line << '\n';
    auto const end = co_await child.wait();
    std::cout << "exit status " << end.code.value_or(-1) << ", " << end.used.peak_memory_bytes / 1024 << " KiB\n";
}

int main() {
    sort_three_words();
    run(follow_a_program());
}
