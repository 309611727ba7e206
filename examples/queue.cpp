#include <parlance/parlance.hpp>

#include <iostream>

using namespace parlance;
using namespace std::chrono_literals;

asio::awaitable<void> send_and_receive(std::string directory) {
    auto const jobs = store::open(directory).queue("jobs"); // no server: a directory
    co_await jobs.ensure();
    co_await jobs.send(R"({"resize":"cat.png"})"); // on the disk when this returns
    while (auto job = co_await jobs.receive({.wait = 100ms})) {
        std::cout << "attempt " << job->attempt() << ": " << job->text() << '\n';
        co_await job->ack(); // without it, the message comes again
    }
}

int main(int count, char** words) { run(send_and_receive(count > 1 ? words[1] : "./example-store")); }
