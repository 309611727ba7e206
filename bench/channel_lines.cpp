// JSON lines over stdio pipes: TARGETS.md rows 1a, 1b and 1c. Rivals run in the same rounds, one after another.
// One way: two processes on two cores. Round trips: two processes on one core, since across cores the scheduler is
// measured. `bench-channel_lines [ROUNDS]` (5).
#include "support/processes.hpp"
#include "support/ratio_table.hpp"

#include <parlance/channel.hpp>
#include <parlance/run.hpp>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>

#include <nlohmann/json.hpp>
#include <sys/epoll.h>
#include <uv.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using parlance::channel;
using parlance::framing;
using parlance::stream;
using parlance::unique_fd;
namespace asio = parlance::asio;

constexpr int one_way_messages = 1000000, naive_messages = 100000, node_messages = 200000, round_trips = 30000;

double seconds_since(clock_type::time_point begin) {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

/// 54 bytes with its newline: {"type":"message","data":{"n":10000,"t":"hello you"}}
std::string line_of(int i) {
    std::string text = R"({"type":"message","data":{"n":10000,"t":"hello you"}})";
    auto const digits = std::to_string(10000 + i % 90000);
    text.replace(30, 5, digits);
    return text;
}

asio::awaitable<void> send_many(int fd, int count) {
    channel out(stream(unique_fd(), unique_fd(fd)), framing::lines);
    std::vector<std::string> lines;
    for (int i = 0; i < 1000; ++i) lines.push_back(line_of(i));
    for (int i = 0; i < count; ++i) {
        parlance::message each(lines[static_cast<std::size_t>(i % 1000)]);
        if (!out.try_send(each)) co_await out.send(std::move(each));
    }
    co_await out.close();
}

enum class how {
    values,  ///< whole values are made, which tells whether each message is JSON
    views,   ///< the text is looked at, and not checked
    checked, ///< the text, once it is known to be JSON: what a channel does unless told otherwise
};

asio::awaitable<void> receive_many(int fd, int count, how as) {
    channel in(stream(unique_fd(fd), unique_fd()), framing::lines, {.validate = as == how::checked});
    long sum = 0;
    unsigned char first[4096];
    boost::json::monotonic_resource arena(first, sizeof first);
    for (int got = 0; got < count; ++got) {
        auto each = in.try_receive();
        if (!each) each = co_await in.receive();
        if (as == how::values)
            sum += each.value().json(&arena).as_object().at("data").as_object().at("n").as_int64();
        else
            sum += static_cast<long>(each.value().text().size());
        arena.release();
    }
    if (sum == 0) throw std::runtime_error("nothing was read");
}

/// Messages a second from the first byte to the last: `sender` fills the pipe on core 1, `receiver` empties it on core
/// 0.
/// Each has the pipe that it has in real life: parlance makes it larger, the others leave it as it is.
double one_way(int count, std::function<void(int)> const& sender, std::function<void(int)> const& receiver,
               int pipe_bytes = 0) {
    auto const pipe = bench::make_pipe();
    if (pipe_bytes > 0) ::fcntl(pipe.write, F_SETPIPE_SZ, pipe_bytes);
    auto const begin = clock_type::now();
    auto const from = bench::start(1, [&] { sender(pipe.write); });
    ::close(pipe.write);
    auto const to = bench::start(0, [&] { receiver(pipe.read); });
    ::close(pipe.read);
    bench::finish(from);
    bench::finish(to);
    return count / seconds_since(begin);
}

double parlance_one_way(how as) {
    return one_way(
        one_way_messages, [](int fd) { parlance::run(send_many(fd, one_way_messages)); },
        [as](int fd) { parlance::run(receive_many(fd, one_way_messages, as)); }, 256 << 10);
}

/// The usual C++: a dump and a write for each message, reads of 64 KiB, a parse for each line.
double naive_one_way() {
    auto const sender = [](int fd) {
        for (int i = 0; i < naive_messages; ++i) {
            nlohmann::json const value{{"type", "message"}, {"data", {{"n", 10000 + i % 90000}, {"t", "hello you"}}}};
            auto const text = value.dump() + "\n";
            if (::write(fd, text.data(), text.size()) < 0) std::perror("write");
        }
    };
    auto const receiver = [](int fd) {
        std::string held;
        std::vector<char> chunk(65536);
        long sum = 0;
        for (ssize_t size; (size = ::read(fd, chunk.data(), chunk.size())) > 0;) {
            held.append(chunk.data(), static_cast<std::size_t>(size));
            std::size_t begin = 0;
            for (std::size_t end; (end = held.find('\n', begin)) != held.npos; begin = end + 1)
                sum += nlohmann::json::parse(held.begin() + static_cast<long>(begin),
                                             held.begin() + static_cast<long>(end))["data"]["n"]
                           .get<long>();
            held.erase(0, begin);
        }
        if (sum == 0) std::fprintf(stderr, "nothing was read\n");
    };
    return one_way(naive_messages, sender, receiver);
}

[[noreturn]] void become_node(int from, int to, char const* mode, int count) {
    ::dup2(from, 0);
    ::dup2(to, 1);
    auto const many = std::to_string(count);
    ::execlp("node", "node", BENCH_PEERS "/lines.js", mode, many.c_str(), nullptr);
    std::perror("node");
    ::_exit(1);
}

/// The time that Node takes to start is taken off: it is measured with one message.
double node_one_way() {
    auto const run = [](int count) {
        return count / one_way(
                           count, [count](int fd) { become_node(0, fd, "send", count); },
                           [count](int fd) { become_node(fd, 1, "receive", count); });
    };
    auto const start = run(1);
    return node_messages / (run(node_messages) - start);
}

asio::awaitable<void> answer(int in, int out, int count) {
    channel talk(stream(unique_fd(in), unique_fd(out)), framing::lines);
    for (int i = 0; i < count; ++i) co_await talk.send(std::move((co_await talk.receive()).value()));
    co_await talk.close();
}

asio::awaitable<double> ask(int in, int out, int count) {
    channel talk(stream(unique_fd(in), unique_fd(out)), framing::lines);
    auto const begin = clock_type::now();
    for (int i = 0; i < count; ++i) {
        co_await talk.send(parlance::message(line_of(i)));
        if (!co_await talk.receive()) throw std::runtime_error("no answer");
    }
    co_return seconds_since(begin) * 1e6 / count;
}

/// libuv, bytes only: each end writes back what it read, as it would with lines of this size.
struct uv_end {
    uv_loop_t loop{};
    uv_pipe_t in{}, out{};
    uv_write_t request{};
    char buffer[65536];
    std::string line = line_of(0) + "\n";
    std::size_t held = 0;
    int left = 0;

    uv_end(int in_fd, int out_fd, int count) : left(count) {
        uv_loop_init(&loop);
        uv_pipe_init(&loop, &in, 0);
        uv_pipe_init(&loop, &out, 0);
        uv_pipe_open(&in, in_fd);
        uv_pipe_open(&out, out_fd);
        in.data = this;
    }
    void write() {
        auto part = uv_buf_init(line.data(), static_cast<unsigned>(line.size()));
        uv_write(&request, reinterpret_cast<uv_stream_t*>(&out), &part, 1, nullptr);
    }
    void run(bool first) {
        if (first) write();
        uv_read_start(
            reinterpret_cast<uv_stream_t*>(&in),
            [](uv_handle_t* handle, std::size_t, uv_buf_t* into) {
                auto* const me = static_cast<uv_end*>(handle->data);
                *into = uv_buf_init(me->buffer, sizeof me->buffer);
            },
            [](uv_stream_t* handle, ssize_t size, uv_buf_t const*) {
                auto* const me = static_cast<uv_end*>(handle->data);
                me->held += size > 0 ? static_cast<std::size_t>(size) : 0;
                if (size < 0 || me->held < me->line.size()) {
                    if (size < 0) uv_stop(&me->loop);
                    return;
                }
                me->held = 0;
                if (--me->left <= 0) uv_stop(&me->loop);
                me->write();
            });
        uv_run(&loop, UV_RUN_DEFAULT);
    }
};

/// The least that two pipes and an event loop cost: a system call to wait, one to read, one to write.
void bounce(int in, int out, bool first, int count) {
    epoll_event event{.events = EPOLLIN, .data = {}};
    unique_fd const waiting(::epoll_create1(EPOLL_CLOEXEC));
    if (::epoll_ctl(waiting.get(), EPOLL_CTL_ADD, in, &event) != 0) throw std::runtime_error("epoll_ctl");
    auto line = line_of(0) + "\n";
    auto const write = [&] {
        if (::write(out, line.data(), line.size()) < 0) throw std::runtime_error("write");
    };
    if (first) write();
    for (int i = 0; i < count; ++i) {
        while (::epoll_wait(waiting.get(), &event, 1, -1) < 1) {}
        if (::read(in, line.data(), line.size()) <= 0) throw std::runtime_error("read");
        if (!first || i + 1 < count) write();
    }
}

using two_ways = std::pair<bench::pipe_ends, bench::pipe_ends>;
two_ways over_pipes() { return {bench::make_pipe(), bench::make_pipe()}; }
/// As libuv makes the standard input and output of a child.
two_ways over_sockets() { return {bench::make_socket_pair(), bench::make_socket_pair()}; }

/// Microseconds for one round trip; both ends on one core, each in a process of its own.
double round_trip(two_ways const& ways, std::function<void(int, int)> const& answering,
                  std::function<double(int, int)> const& asking) {
    auto const [there, back] = ways;
    auto const child = bench::start(0, [&] {
        ::close(there.write), ::close(back.read);
        answering(there.read, back.write);
    });
    ::close(there.read), ::close(back.write);
    auto const took = bench::measure(0, [&] { return asking(back.read, there.write); });
    ::close(there.write), ::close(back.read);
    bench::finish(child);
    return took;
}

double uv_round_trip(two_ways const& ways) {
    return round_trip(
        ways, [](int in, int out) { uv_end(in, out, round_trips).run(false); },
        [](int in, int out) {
            uv_end end(in, out, round_trips);
            auto const begin = clock_type::now();
            end.run(true);
            return seconds_since(begin) * 1e6 / round_trips;
        });
}

double parlance_round_trip() {
    return round_trip(
        over_pipes(), [](int in, int out) { parlance::run(answer(in, out, round_trips)); },
        [](int in, int out) { return parlance::run(ask(in, out, round_trips)); });
}

double raw_round_trip() {
    return round_trip(
        over_pipes(), [](int in, int out) { bounce(in, out, false, round_trips); },
        [](int in, int out) {
            auto const begin = clock_type::now();
            bounce(in, out, true, round_trips);
            return seconds_since(begin) * 1e6 / round_trips;
        });
}

} // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    std::signal(SIGPIPE, SIG_IGN); // an end of the rivals that stops first
    bench::pin(0);
    std::vector<double> values, views, checked, naive, node, trips, uv_sockets, uv_pipes, raw;
    for (int round = 0; round < rounds; ++round) {
        values.push_back(parlance_one_way(how::values));
        naive.push_back(naive_one_way());
        views.push_back(parlance_one_way(how::views));
        node.push_back(node_one_way());
        checked.push_back(parlance_one_way(how::checked));
        trips.push_back(parlance_round_trip());
        uv_sockets.push_back(uv_round_trip(over_sockets()));
        raw.push_back(raw_round_trip());
        uv_pipes.push_back(uv_round_trip(over_pipes()));
    }
    using bench::median;
    bench::rate_table const rates("JSON lines over a pipe, 54 bytes, one way, two cores (rows 1a, 1b)");
    rates.row("1a whole boost::json::value | naive C++", median(values), median(naive), 9);
    rates.row("1a whole boost::json::value | Node", median(values), median(node), 9);
    rates.row("1b text views | naive C++", median(views), median(naive), 20);
    rates.row("1b text views | Node", median(views), median(node), 20);
    rates.row("   text checked to be JSON | naive C++", median(checked), median(naive), 0);
    bench::ratio_table const times("round trip, one core (row 1c); parlance over two pipes, with whole messages");
    times.row("1c parlance | libuv, stdio as it makes it", median(trips), median(uv_sockets), 0.7);
    times.row("1c parlance | bare epoll, two pipes", median(trips), median(raw), 1.25);
    times.row("   parlance | libuv, two pipes", median(trips), median(uv_pipes), 0);
}
