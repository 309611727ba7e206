// Node's IPC channel: TARGETS.md rows 2a, 2b and 2c. Node at both ends is the rival, in the same rounds.
// One way: two processes on two cores. Round trips: both on one core, since across cores the scheduler is measured.
// `bench-ipc [ROUNDS]` (5).
#include "support/node.hpp"
#include "support/processes.hpp"
#include "support/ratio_table.hpp"

#include <parlance/parlance.hpp>

#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace {

using namespace parlance;
using clock_type = std::chrono::steady_clock;

constexpr int json_messages = 2'000'000, advanced_messages = 1'000'000, round_trips = 50'000, large_messages = 1'000;

double seconds_since(clock_type::time_point begin) {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

json::value small_json() {
    return {{"id", 12345}, {"op", "get"}, {"key", "user:42"}, {"flag", true}};
} // 51 bytes a line
js::value small_js() { return js::value(small_json()); }

enum class as { text, values };

asio::awaitable<void> send_many(int fd, serialization how, as what, int count) {
    ipc_channel out((unique_fd(fd)), how);
    auto const text = json::serialize(small_json());
    auto const value = small_js();
    for (int i = 0; i < count; ++i) {
        auto m = how == serialization::json && what == as::text ? ipc_message(message(text))
                 : how == serialization::json                   ? ipc_message(small_json())
                                                                : ipc_message(value);
        if (!out.try_send(m)) co_await out.send(std::move(m));
    }
    co_await out.disconnect();
}

asio::awaitable<void> receive_many(int fd, serialization how, as what, int count) {
    ipc_channel in((unique_fd(fd)), how);
    long sum = 0;
    for (int got = 0; got < count;) {
        auto const some = co_await in.receive_some();
        if (some.empty()) throw std::runtime_error("it ended early");
        got += static_cast<int>(some.size());
        for (auto const& each : some) {
            if (what == as::text)
                ++sum;
            else if (how == serialization::json)
                sum += each.json().as_object().at("id").as_int64();
            else
                sum += static_cast<long>(each.value().find("id")->as<double>());
        }
    }
    if (sum == 0) throw std::runtime_error("nothing was read");
}

/// Messages a second, from the first process's start to the last one's end.
double one_way(serialization how, as what, int count) {
    auto const way = bench::make_socket_pair();
    auto const begin = clock_type::now();
    auto const from = bench::start(1, [&] { ::close(way.read), run(send_many(way.write, how, what, count)); });
    auto const to = bench::start(0, [&] { ::close(way.write), run(receive_many(way.read, how, what, count)); });
    ::close(way.read), ::close(way.write);
    bench::finish(from);
    bench::finish(to);
    return count / seconds_since(begin);
}

asio::awaitable<void> echo(int fd, serialization how) {
    ipc_channel talk((unique_fd(fd)), how);
    while (auto m = co_await talk.receive()) co_await talk.send(std::move(*m));
}

asio::awaitable<double> ask(ipc_channel& talk, int count) {
    auto const text = json::serialize(small_json());
    auto const value = small_js();
    auto const begin = clock_type::now();
    for (int i = 0; i < count; ++i) {
        auto m = talk.mode() == serialization::json ? ipc_message(message(text)) : ipc_message(value);
        co_await talk.send(std::move(m));
        if (!co_await talk.receive()) throw std::runtime_error("no answer");
    }
    co_return count / seconds_since(begin);
}

asio::awaitable<double> ask_over(int fd, serialization how) {
    ipc_channel talk((unique_fd(fd)), how);
    co_return co_await ask(talk, round_trips);
}

/// Round trips a second between two programs of ours, both on core 0.
double our_round_trips(serialization how) {
    auto const way = bench::make_socket_pair();
    auto const child = bench::start(0, [&] { ::close(way.read), run(echo(way.write, how)); });
    ::close(way.write);
    auto const rate = bench::measure(0, [&] { return run(ask_over(way.read, how)); });
    ::close(way.read);
    bench::finish(child);
    return rate;
}

asio::awaitable<double> ask_a_node(serialization how) {
    auto node = fork(BENCH_PEERS "/ipc.js", {}, {.serialization = how});
    auto& talk = node.channel();
    json::value const role{{"role", "echo"}};
    co_await talk.send(role);
    co_await talk.receive();
    co_await ask(talk, 2'000); // Node compiles what is run often
    auto const rate = co_await ask(talk, round_trips / 2);
    co_await talk.disconnect();
    co_return rate;
}

double node_round_trips(serialization how) {
    return bench::measure(0, [how] { return run(ask_a_node(how)); });
}

// What the kernel and the peer leave to gain: write and read in a loop, nothing looked at.

double bare_round_trips(int fd, int count) {
    auto const line = json::serialize(small_json()) + "\n";
    std::array<char, 4096> room;
    auto const begin = clock_type::now();
    for (int i = 0; i < count; ++i)
        if (::write(fd, line.data(), line.size()) < 0 || ::read(fd, room.data(), room.size()) <= 0)
            throw std::runtime_error("no answer");
    return count / seconds_since(begin);
}

double bare_to_bare() {
    auto const way = bench::make_socket_pair();
    auto const child = bench::start(0, [&] {
        ::close(way.read);
        std::array<char, 4096> room;
        for (ssize_t got; (got = ::read(way.write, room.data(), room.size())) > 0;)
            if (::write(way.write, room.data(), static_cast<std::size_t>(got)) != got) std::abort();
    });
    ::close(way.write);
    auto const rate = bench::measure(0, [&] { return bare_round_trips(way.read, round_trips); });
    ::close(way.read);
    bench::finish(child);
    return rate;
}

double bare_to_node() {
    auto const way = bench::make_socket_pair();
    auto const child = bench::start(0, [&] {
        auto const inherited = ::dup(way.write);
        ::setenv("NODE_CHANNEL_FD", std::to_string(inherited).c_str(), 1);
        ::execlp("node", "node", BENCH_PEERS "/ipc.js", nullptr);
        std::perror("node");
        std::abort();
    });
    ::close(way.write);
    auto const rate = bench::measure(0, [&] {
        std::string_view const role = "{\"role\":\"echo\"}\n";
        std::array<char, 4096> room;
        if (::write(way.read, role.data(), role.size()) < 0 || ::read(way.read, room.data(), room.size()) <= 0)
            throw std::runtime_error("no answer");
        bare_round_trips(way.read, 2'000); // Node compiles what is run often
        return bare_round_trips(way.read, round_trips / 2);
    });
    ::close(way.read);
    bench::finish(child);
    return rate;
}

asio::awaitable<void> send_large(int fd, serialization how) {
    ipc_channel out((unique_fd(fd)), how);
    std::string const text = '"' + std::string((1 << 20) - 2, 'x') + '"';
    js::value const bytes(js::bytes::buffer(std::string(1 << 20, 'x')));
    for (int i = 0; i < large_messages; ++i) {
        auto m = how == serialization::json ? ipc_message(message(text)) : ipc_message(bytes);
        co_await out.send(std::move(m));
    }
    co_await out.disconnect();
}

asio::awaitable<void> receive_large(int fd, serialization how) {
    ipc_channel in((unique_fd(fd)), how);
    std::size_t sum = 0;
    while (auto m = co_await in.receive())
        sum += how == serialization::json ? m->json().as_string().size() : m->value().as<js::bytes>().data.size();
    if (sum < std::size_t{large_messages} * ((1 << 20) - 2)) throw std::runtime_error("it ended early");
}

/// MB a second, the values made.
double large(serialization how) {
    auto const way = bench::make_socket_pair();
    auto const begin = clock_type::now();
    auto const from = bench::start(1, [&] { ::close(way.read), run(send_large(way.write, how)); });
    auto const to = bench::start(0, [&] { ::close(way.write), run(receive_large(way.read, how)); });
    ::close(way.read), ::close(way.write);
    bench::finish(from);
    bench::finish(to);
    return large_messages * 1.048576 / seconds_since(begin);
}

std::vector<double>& operator<<(std::vector<double>& all, double one) { return all.push_back(one), all; }

double of_node(std::vector<std::string> args) { return bench::ask_node("ipc.js", std::move(args)).value_or(0); }

/// On one core, with its child.
double of_node_pinned(std::vector<std::string> const& args) {
    return bench::measure(0, [&] { return of_node(args); });
}

} // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    constexpr auto json = serialization::json;
    std::vector<double> text, values, clones, node_json, node_advanced;
    std::vector<double> trips, trips_advanced, to_node, node_trips, node_trips_advanced, bare, bare_node;
    std::vector<double> strings, buffers, node_strings, node_buffers;
    for (int round = 0; round < rounds; ++round) {
        text << one_way(json, as::text, json_messages);
        node_json << of_node({"one_way", "json", "200000"});
        values << one_way(json, as::values, json_messages / 2);
        clones << one_way(serialization::advanced, as::values, advanced_messages);
        node_advanced << of_node({"one_way", "advanced", "100000"});
        trips << our_round_trips(json);
        node_trips << of_node_pinned({"round_trip", "json", "30000"});
        trips_advanced << our_round_trips(serialization::advanced);
        node_trips_advanced << of_node_pinned({"round_trip", "advanced", "30000"});
        to_node << node_round_trips(json);
        bare << bare_to_bare();
        bare_node << bare_to_node();
        strings << large(json);
        node_strings << of_node({"large", "string", "200"});
        buffers << large(serialization::advanced);
        node_buffers << of_node({"large", "buffer", "400"});
    }
    using bench::median;
    bench::rate_table const ways("Node's IPC channel, 51 bytes, one way, two cores (row 2a); rival: Node to Node");
    ways.row("2a json, text that is known to be JSON", median(text), median(node_json), 20);
    ways.row("   json, whole boost::json::value both ends", median(values), median(node_json), 0);
    ways.row("2a advanced, whole js::value both ends", median(clones), median(node_advanced), 20);
    bench::rate_table const back("round trips, one core (row 2b); rival: Node to Node");
    back.row("2b json, parlance to parlance", median(trips), median(node_trips), 3);
    back.row("2b advanced, parlance to parlance", median(trips_advanced), median(node_trips_advanced), 3);
    back.row("2b json, parlance to Node", median(to_node), median(node_trips), 1.6);
    back.row("   the limit: write and read, no more", median(bare), median(node_trips), 0);
    back.row("   the limit: the same to Node", median(bare_node), median(node_trips), 0);
    bench::rate_table const bulk("1 MiB, one way, two cores, MB/s (row 2c); rival: Node to Node");
    bulk.row("2c a Buffer, advanced", median(buffers), median(node_buffers), 2.3);
    bulk.row("2c a string, json", median(strings), median(node_strings), 5);
}
