// What state a socket may be in when it goes to a Node.
#include "support.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <sys/un.h>

namespace parlance::testing {
namespace {

using kind = ipc_handle::kind;

unique_fd fresh(int family) { return unique_fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

unique_fd bound(int family) {
    auto s = fresh(family);
    sockaddr_storage any{};
    any.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) reinterpret_cast<sockaddr_in&>(any).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // A Unix socket without an address gets an abstract name of its own.
    auto const size = family == AF_UNIX ? sizeof(sa_family_t) : sizeof(sockaddr_in);
    if (::bind(s.get(), reinterpret_cast<sockaddr*>(&any), static_cast<socklen_t>(size)) != 0)
        throw std::runtime_error("bind");
    return s;
}

unique_fd listening(int family, int backlog = 8) {
    auto s = bound(family);
    if (::listen(s.get(), backlog) != 0) throw std::runtime_error("listen");
    return s;
}

/// 0, or an errno.
int connect_to(unique_fd const& client, unique_fd const& door) {
    sockaddr_storage there{};
    socklen_t size = sizeof there;
    ::getsockname(door.get(), reinterpret_cast<sockaddr*>(&there), &size);
    return ::connect(client.get(), reinterpret_cast<sockaddr*>(&there), size) == 0 ? 0 : errno;
}

void wait_for(unique_fd const& fd, short what) {
    pollfd one{fd.get(), what, 0};
    if (::poll(&one, 1, 10'000) != 1) throw std::runtime_error("poll");
}

struct connection {
    unique_fd client, server;
};

connection connected() {
    auto const door = listening(AF_INET);
    connection both{fresh(AF_INET), unique_fd()};
    connect_to(both.client, door);
    wait_for(door, POLLIN);
    both.server = unique_fd(::accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    wait_for(both.client, POLLOUT);
    return both;
}

unique_fd reset_by_its_peer() {
    auto both = connected();
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(both.client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    both.client = unique_fd();
    wait_for(both.server, POLLRDHUP);
    return std::move(both.server);
}

unique_fd reset_and_told() {
    auto s = reset_by_its_peer();
    int fault = 0;
    socklen_t size = sizeof fault;
    ::getsockopt(s.get(), SOL_SOCKET, SO_ERROR, &fault, &size);
    return s;
}

unique_fd ended_by_its_peer() {
    auto both = connected();
    both.client = unique_fd();
    wait_for(both.server, POLLRDHUP);
    return std::move(both.server);
}

unique_fd ended_by_both() {
    auto s = ended_by_its_peer();
    ::shutdown(s.get(), SHUT_RDWR);
    return s;
}

/// The queue of this door is full: the kernel drops the greetings of further clients, who try again and again.
unique_fd still_connecting() {
    static auto const door = listening(AF_INET, 0);
    static std::vector<unique_fd> before;
    for (int i = 0; i < 3; ++i) connect_to(before.emplace_back(fresh(AF_INET)), door);
    return ipc_handle::copy_of(before.back().get());
}

unique_fd whose_unix_peer_left() { return std::move(socket_pair().first); }

bool takes(kind what, unique_fd fd) {
    try {
        ipc_handle const handle(what, std::move(fd));
        return true;
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::invalid_argument);
        return false;
    }
}

struct {
    char const* state;
    unique_fd (*make)();
    bool as_socket, as_server;
} const states[] = {
    {"connected", [] { return std::move(socket_pair().first); }, true, false},
    {"never connected, TCP", [] { return fresh(AF_INET); }, false, true},
    {"never connected, IPv6", [] { return fresh(AF_INET6); }, false, true},
    {"never connected, Unix", [] { return fresh(AF_UNIX); }, false, false},
    {"bound, TCP", [] { return bound(AF_INET); }, false, true},
    {"bound, Unix", [] { return bound(AF_UNIX); }, false, true},
    {"listening, TCP", [] { return listening(AF_INET); }, false, true},
    {"listening, Unix", [] { return listening(AF_UNIX); }, false, true},
    {"connecting", still_connecting, false, false},
    {"reset by its peer", reset_by_its_peer, true, false},
    {"reset, and its error was asked for", reset_and_told, true, false},
    {"ended by its peer", ended_by_its_peer, true, false},
    {"ended by both", ended_by_both, true, false},
    {"ended by its Unix peer", whose_unix_peer_left, true, false},
};

TEST(ipc_handle, is_refused_in_states_in_which_node_could_not_use_it) {
    for (auto const& each : states) {
        EXPECT_EQ(takes(kind::socket, each.make()), each.as_socket) << each.state << ", as a net.Socket";
        EXPECT_EQ(takes(kind::server, each.make()), each.as_server) << each.state << ", as a net.Server";
    }
}

/// The program has no listener for 'error'; a socket that was never connected would end it.
asio::awaitable<void> unguarded() {
    auto child = run_js("process.on('message', (m, socket) => process.send([m, socket ? 'socket' : 'none']))");
    EXPECT_THROW(ipc_handle(kind::socket, fresh(AF_INET)), failure);
    EXPECT_THROW(ipc_handle(kind::server, fresh(AF_UNIX)), failure);
    co_await child.channel().send(text("1"));
    EXPECT_EQ(co_await next_of(child.channel()), R"([1,"none"])");
    auto [near, far] = socket_pair();
    far = unique_fd();
    co_await child.channel().send(text("2"), ipc_handle(kind::socket, std::move(near)));
    EXPECT_EQ(co_await next_of(child.channel()), R"([2,"socket"])");
    co_await child.channel().disconnect();
    auto const end = co_await child.wait();
    EXPECT_EQ(end.code, 0) << end.sentence();
}

TEST(ipc_handles, that_were_never_connected_do_not_reach_a_node) { tell(unguarded()); }

/// Between accept and send a client may leave: that is Node's ordinary life, which its listeners see.
asio::awaitable<void> left_in_between() {
    auto child = run_js(R"(process.on('message', (m, socket) => {
        let fault = null;
        socket.on('error', e => { fault = e.code; }).on('close', () => process.send([m, fault])).resume();
    }))");
    auto const send = [&](std::string_view m, unique_fd fd) -> asio::awaitable<std::string> {
        co_await child.channel().send(text(m), ipc_handle(kind::socket, std::move(fd)));
        co_return co_await next_of(child.channel());
    };
    EXPECT_EQ(co_await send("1", reset_by_its_peer()), R"([1,"ECONNRESET"])");
    EXPECT_EQ(co_await send("2", reset_and_told()), "[2,null]");
    EXPECT_EQ(co_await send("3", ended_by_both()), "[3,null]");
    co_await child.channel().disconnect();
    auto const end = co_await child.wait();
    EXPECT_EQ(end.code, 0) << end.sentence();
}

TEST(ipc_handles, whose_client_has_left_reach_node_all_the_same) { tell(left_in_between()); }

} // namespace
} // namespace parlance::testing
