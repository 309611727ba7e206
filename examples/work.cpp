#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;

asio::awaitable<void> work_on(std::string directory) {
    auto const jobs = store::open(directory).queue("words");
    co_await jobs.ensure();
    std::vector<std::string> words{"one", "two", "three"};
    co_await jobs.send_all(std::move(words)); // all or none
    workers crew(jobs, {"sh", "-c", "echo $1 has ${#1} letters", "sh", "{}"},
                 {.procs = 1, .until_empty = true, .text = true},
                 {.output = [](auto worker, auto line) { std::cout << worker << " | " << line << '\n'; }});
    auto const sums = co_await crew.run();
    std::cout << sums.done << " done, " << sums.dead << " dead\n";
}

int main(int count, char** words) { run(work_on(count > 1 ? words[1] : "./example-store")); }
