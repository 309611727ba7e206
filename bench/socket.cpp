// Messages {type, data} over a Unix socket, dispatched to a handler: TARGETS.md rows 3a to 3d. ZeroMQ and nng, which
// carry bytes, libuv, which does not even cut them, Asio by hand and node-ipc are the rivals, in the same rounds.
// One way: two processes on two cores. Round trips: both on one core, since across cores the scheduler is measured.
// `bench-socket [ROUNDS]` (5).
#include "support/libuv_pipe.hpp"
#include "support/message_libraries.hpp"
#include "support/node.hpp"
#include "support/ratio_table.hpp"
#include "support/scratch.hpp"

#include <parlance/parlance.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace {

using namespace parlance;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr int round_trips = 20'000;
constexpr std::string_view small = R"({"id":1234,"key":"user:42"})"; // in a frame: 54 bytes
constexpr std::size_t frame_overhead = 27, limit_bytes = 128 << 20;

double seconds_since(clock_type::time_point begin) {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

/// The data of a message of so many bytes in all.
std::string data_of(std::size_t frame_bytes) { return '"' + std::string(frame_bytes - frame_overhead - 2, 'x') + '"'; }

asio::awaitable<void> take_many(std::string path, long count) {
    auto const loop = co_await asio::this_coro::executor;
    server world(address::unix_path(path), {.message_limit_bytes = limit_bytes});
    long left = count;
    std::size_t bytes = 0;
    world.on("message", [&](socket_event const& m) {
        bytes += m.text().size();
        if (--left == 0) asio::co_spawn(loop, world.stop(), asio::detached);
    });
    co_await world.run();
    if (bytes == 0) throw std::runtime_error("nothing was heard");
}

asio::awaitable<void> emit_many(std::string path, std::string data, long count) {
    client world(address::unix_path(path), {.retry = 1ms, .message_limit_bytes = limit_bytes});
    co_await world.connect();
    socket_data const each(message{std::move(data)});
    for (long i = 0; i < count; ++i)
        if (!world.try_emit("message", each)) co_await world.emit("message", each);
    auto const left = co_await world.disconnect(60s);
    if (!left.empty()) throw std::runtime_error("not all was taken");
}

/// Messages a second, from the first process's start to the end of who receives.
template <class Send, class Receive> double one_way(long count, Send const& send, Receive const& receive) {
    auto const begin = clock_type::now();
    auto const to = bench::start(0, receive);
    auto const from = bench::start(1, send);
    bench::finish(to);
    auto const rate = static_cast<double>(count) / seconds_since(begin);
    ::kill(from, SIGTERM);
    ::waitpid(from, nullptr, 0);
    return rate;
}

double ours(bench::scratch const& folder, std::string const& data, long count) {
    auto const path = folder.fresh("ours");
    return one_way(count, [&] { run(emit_many(path, data, count)); }, [&] { run(take_many(path, count)); });
}

template <class Library> double of_library(bench::scratch const& folder, std::size_t bytes, long count) {
    auto const path = folder.fresh("theirs");
    std::string const each(bytes, 'x');
    return one_way(count, [&] { Library::send_many(path, each, count); }, [&] { Library::receive_many(path, count); });
}

double of_libuv(bench::scratch const& folder, std::size_t bytes, long count) {
    auto const path = folder.fresh("libuv");
    return one_way(
        count, [&] { bench::libuv_pipe::send_many(path, std::string(bytes, 'x'), count); },
        [&] { bench::libuv_pipe::receive_all(path); });
}

asio::awaitable<void> answer(std::string path) {
    server world(address::unix_path(path));
    world.on("ask", [](socket_event const& m) {
        if (!m.peer.try_emit("answer", socket_data(message(std::string(m.text()))))) std::abort();
    });
    co_await world.run();
}

asio::awaitable<double> ask(std::string path) {
    client world(address::unix_path(path), {.retry = 1ms});
    co_await world.connect();
    socket_data const each(message{std::string(small)});
    auto begin = clock_type::now();
    for (int i = 0; i < 2 * round_trips; ++i) {
        if (i == round_trips) begin = clock_type::now();
        co_await world.emit("ask", each);
        if (!co_await world.receive()) throw std::runtime_error("no answer");
    }
    co_return seconds_since(begin);
}

/// Microseconds for each of `round_trips`, all on core 0; `ask` takes seconds for all.
template <class Echo, class Ask> double round_trip_us(Echo const& echo, Ask const& ask_all) {
    auto const other = bench::start(0, echo);
    auto const seconds = bench::measure(0, ask_all);
    ::kill(other, SIGTERM);
    ::waitpid(other, nullptr, 0);
    return seconds * 1e6 / round_trips;
}

double our_round_trip(bench::scratch const& folder) {
    auto const path = folder.fresh("ours");
    return round_trip_us([&] { run(answer(path)); }, [&] { return run(ask(path)); });
}

template <class Library> double round_trip_of(bench::scratch const& folder) {
    auto const path = folder.fresh("theirs");
    return round_trip_us([&] { Library::echo(path, 2 * round_trips); },
                         [&] { return Library::ask(path, std::string(54, 'x'), round_trips); });
}

/// Asio by hand: callbacks, 54 bytes, which nobody looks into.
class asio_callbacks {
public:
    explicit asio_callbacks(asio::local::stream_protocol::socket socket, int count)
        : socket_(std::move(socket)), left_(count) {}
    void read() {
        socket_.async_read_some(asio::buffer(room_), [this](boost::system::error_code fault, std::size_t got) {
            if (!fault) write(got);
        });
    }
    void write(std::size_t bytes) {
        if (left_-- == 0) return;
        asio::async_write(socket_, asio::buffer(room_, bytes), [this](boost::system::error_code fault, std::size_t) {
            if (!fault) read();
        });
    }

private:
    asio::local::stream_protocol::socket socket_;
    std::array<char, 54> room_{};
    int left_;
};

double asio_round_trip() {
    auto const ends = bench::make_socket_pair();
    auto const socket = [](asio::io_context& loop, int fd) {
        return asio::local::stream_protocol::socket(loop, asio::local::stream_protocol(), fd);
    };
    auto const us = round_trip_us(
        [&] {
            ::close(ends.read);
            asio::io_context loop(1);
            asio_callbacks other(socket(loop, ends.write), -1);
            other.read();
            loop.run();
        },
        [&] {
            ::close(ends.write);
            asio::io_context loop(1);
            asio_callbacks me(socket(loop, ends.read), round_trips + 1);
            auto const begin = clock_type::now();
            me.write(54);
            loop.run();
            return seconds_since(begin);
        });
    ::close(ends.read), ::close(ends.write);
    return us;
}

std::vector<double>& operator<<(std::vector<double>& all, double one) { return all.push_back(one), all; }

double of_node_ipc(std::vector<std::string> args) {
    return bench::ask_node("node_ipc.js", std::move(args)).value_or(0);
}

struct size_row {
    char const* name;
    std::size_t bytes;
    long count;
    double target;
    std::vector<double> ours{}, zeromq{}, nng{}, libuv{};
};

} // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    bench::scratch const folder("/tmp");
    ::setenv("SOCKET_ROOT", (folder.fresh_directory("node") + "/").c_str(), 1);
    constexpr long many = 2'000'000;
    std::vector<double> small_ours, small_zeromq, small_node;
    std::vector<double> trip, trip_asio, trip_zeromq, trip_nng, trip_node;
    std::vector<double> sixteen, sixty_four;
    std::array<size_row, 3> sizes{
        {{"3b 1 KiB", 1 << 10, 500'000, 4}, {"3b 64 KiB", 64 << 10, 30'000, 1.5}, {"3b 1 MiB", 1 << 20, 2'000, 1.5}}};
    for (int round = 0; round < rounds; ++round) {
        small_ours << ours(folder, std::string(small), many);
        small_zeromq << of_library<bench::zeromq>(folder, 54, many);
        small_node << of_node_ipc({"one_way", "200000"});
        for (auto& each : sizes) {
            each.ours << ours(folder, data_of(each.bytes), each.count);
            each.zeromq << of_library<bench::zeromq>(folder, each.bytes, each.count);
            each.nng << of_library<bench::nanomsg>(folder, each.bytes, std::min(each.count, 50'000L));
            each.libuv << of_libuv(folder, each.bytes, each.count);
        }
        trip << our_round_trip(folder);
        trip_asio << asio_round_trip();
        trip_zeromq << round_trip_of<bench::zeromq>(folder);
        trip_nng << round_trip_of<bench::nanomsg>(folder);
        trip_node << 1e6 / bench::measure(0, [] { return of_node_ipc({"round_trip", "5000"}); });
        sixteen << 1 / ours(folder, data_of(16 << 20), 1);
        sixty_four << 1 / ours(folder, data_of(64 << 20), 1);
    }
    using bench::median;
    bench::rate_table const ways("{type, data}, 54 bytes, one way, to a handler, two cores (row 3a)");
    ways.row("3a rival: ZeroMQ, bytes alone", median(small_ours), median(small_zeromq), 3.5);
    ways.row("3a rival: node-ipc", median(small_ours), median(small_node), 50);
    bench::rate_table const larger("the same, larger (row 3b)");
    for (auto const& each : sizes) {
        std::string const name = each.name;
        auto const best = std::max({median(each.zeromq), median(each.nng), median(each.libuv)});
        larger.row(name + ", rival: the best of them", median(each.ours), best, each.target);
        larger.row("   ZeroMQ", median(each.ours), median(each.zeromq), 0);
        larger.row("   nng", median(each.ours), median(each.nng), 0);
        larger.row("   libuv, bytes that nobody cuts", median(each.ours), median(each.libuv), 0);
    }
    bench::ratio_table const back("round trip of 54 bytes, one core (row 3c)");
    back.row("3c rival: Asio's callbacks, bytes alone", median(trip), median(trip_asio), 1.1);
    back.row("3c rival: ZeroMQ", median(trip), median(trip_zeromq), 0.3);
    back.row("3c rival: nng", median(trip), median(trip_nng), 0.15);
    back.row("3c rival: node-ipc", median(trip), median(trip_node), 0.1);
    bench::ratio_table const one("one large message (row 3d)");
    one.row("3d 64 MiB; rival: node-ipc, once", median(sixty_four) * 1e6,
            of_node_ipc({"large", std::to_string(64 << 20)}) * 1e6, 0.001);
    one.row("   64 MiB beside 16 MiB: linear is 4", median(sixty_four) * 1e6, median(sixteen) * 1e6, 4.4);
}
