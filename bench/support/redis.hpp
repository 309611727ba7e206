#pragma once
// A redis-server of one's own, on a free port, for as long as it is needed; and rivals in Node that talk to it.

#include <parlance/parlance.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace bench {

inline int free_port() {
    parlance::unique_fd const probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(probe.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
    ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

/// Without a log and without snapshots: as fast as Redis goes.
class redis_server {
public:
    redis_server()
        : port_(free_port()),
          process_(parlance::spawn("redis-server",
                                   {"--port", std::to_string(port_), "--save", "", "--appendonly", "no"},
                                   {.in = parlance::stdio::ignore(), .err = parlance::stdio::ignore()})) {
        parlance::run(until_ready(process_));
    }
    std::string port() const { return std::to_string(port_); }

private:
    static parlance::asio::awaitable<void> until_ready(parlance::child& server) {
        std::string said;
        std::string chunk(4096, '\0');
        while (said.find("Ready to accept connections") == said.npos) {
            auto const got = co_await server.out().read_some(chunk);
            if (got == 0)
                throw parlance::failure(parlance::errc::process_failed, {.input = "redis-server", .reason = said});
            said.append(chunk, 0, got);
        }
        // what it says from now on is little: it stays in the pipe
    }
    int port_;
    parlance::child process_;
};

/// The number that a rival prints; none, with the reason on standard error, where it cannot run here.
inline std::optional<double> ask_node(std::string const& script, std::vector<std::string> args) {
    struct asking {
        static parlance::asio::awaitable<double> number(parlance::child node) {
            auto const said = co_await node.out().read_all();
            (co_await node.wait()).check();
            co_return std::strtod(said.c_str(), nullptr);
        }
    };
    args.insert(args.begin(), std::string(BENCH_PEERS) + "/" + script);
    try {
        return parlance::run(
            asking::number(parlance::spawn("node", std::move(args), {.in = parlance::stdio::ignore()})));
    } catch (parlance::failure const& fault) {
        std::fprintf(stderr, "%s cannot run here: %s\n", script.c_str(), fault.what());
        return std::nullopt;
    }
}

} // namespace bench
