#pragma once
// What servers that a benchmark starts for itself have in common.

#include <parlance/fd.hpp>
#include <parlance/process.hpp>
#include <parlance/run.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace bench {

inline std::string free_port() {
    parlance::unique_fd const probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(probe.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
    ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return std::to_string(ntohs(address.sin_port));
}

/// Waits until a server says on its standard output that it is ready. What it says from then on is little: it stays in
/// the pipe.
inline void wait_until_it_says(std::string const& ready, parlance::child& server) {
    struct reading {
        static parlance::asio::awaitable<void> until(std::string ready, parlance::child& server) {
            std::string said;
            std::string chunk(4096, '\0');
            while (said.find(ready) == said.npos) {
                auto const got = co_await server.out().read_some(chunk);
                if (got == 0)
                    throw parlance::failure(parlance::errc::process_failed,
                                            {.input = server.command(), .reason = said});
                said.append(chunk, 0, got);
            }
        }
    };
    parlance::run(reading::until(ready, server));
}

/// The server, running; none, with the reason on standard error, where it is not installed.
template <class Server, class... Args> std::unique_ptr<Server> start_server(Args&&... args) {
    try {
        return std::make_unique<Server>(std::forward<Args>(args)...);
    } catch (parlance::failure const& fault) {
        std::fprintf(stderr, "%s\n", fault.what());
        return nullptr;
    }
}

} // namespace bench
