// Section 2.5 of Node's channel: sockets passed to Node and from it.
#include "handle_support.hpp"

#include <boost/asio/ip/udp.hpp>

namespace parlance::testing {
namespace {

char const* const node_child = R"(
const net = require('net');
process.on('message', (m, handle) => {
  if (handle) handle.on?.('error', () => {}); // a client that did not read
  if (m === 'socket') { handle.end('hello from Node\n'); process.send('socket done'); }
  else if (m === 'server') { handle.on('connection', c => c.end('accepted by Node\n')); process.send('server here'); }
  else if (m === 'datagram') { handle.on('message', (data, from) => handle.send(data, from.port, from.address)); process.send('datagram here'); }
  else if (m === 'native') { process.send(handle.constructor.name); handle.close(); }
  else if (m === 'plain') process.send(handle === undefined ? 'no handle' : 'a handle');
  else if (m && m.many) { handle.end(String(m.many)); }
  else if (m && m.large) { handle.end(String(m.large.length)); }
  else if (m === 'end') process.exit(0);
});)";

asio::awaitable<std::string> asked(tcp::endpoint where) {
    tcp::socket client(co_await asio::this_coro::executor);
    co_await client.async_connect(where, asio::use_awaitable);
    co_return co_await read_all(client);
}

asio::awaitable<void> to_node(serialization how) {
    auto const loop = co_await asio::this_coro::executor;
    auto child = run_js(node_child, {.serialization = how});
    auto& talk = child.channel();
    {
        auto [client, server] = co_await connection();
        co_await talk.send(text("\"socket\""), ipc_handle::socket(std::move(server)));
        EXPECT_EQ(co_await read_all(client), "hello from Node\n");
        EXPECT_EQ(co_await next_of(talk), "\"socket done\"");
    }
    {
        auto door = listening(loop);
        co_await talk.send(text("\"server\""), ipc_handle::server(door));
        EXPECT_EQ(co_await next_of(talk), "\"server here\"");
        EXPECT_EQ(co_await asked(door.local_endpoint()), "accepted by Node\n");
    }
    {
        ip::udp::socket bound(loop, ip::udp::endpoint(ip::make_address("127.0.0.1"), 0));
        co_await talk.send(text("\"datagram\""), ipc_handle::datagram(bound));
        EXPECT_EQ(co_await next_of(talk), "\"datagram here\"");
        ip::udp::socket client(loop, ip::udp::endpoint(ip::make_address("127.0.0.1"), 0));
        co_await client.async_send_to(asio::buffer("ping", 4), bound.local_endpoint(), asio::use_awaitable);
        char room[10];
        ip::udp::endpoint from;
        EXPECT_EQ(co_await client.async_receive_from(asio::buffer(room), from, asio::use_awaitable), 4u);
    }
    {
        auto [client, server] = co_await connection();
        co_await talk.send(text("\"native\""), ipc_handle(kind::native, ipc_handle::copy_of(server.native_handle())));
        EXPECT_EQ(co_await next_of(talk), "\"TCP\"");
    }
    co_await talk.send(text("\"plain\""), ipc_handle());
    EXPECT_EQ(co_await next_of(talk), "\"no handle\"");
    {
        auto [client, server] = co_await connection(); // a copy stays with us
        co_await talk.send(text("\"socket\""), ipc_handle::copy_of(server));
        EXPECT_EQ(co_await next_of(talk), "\"socket done\"");
        EXPECT_TRUE(server.is_open());
    }
    {
        auto [client, server] = co_await connection();
        json::value const large{{"large", std::string(800'000, 'x')}};
        co_await talk.send(large, ipc_handle::socket(std::move(server)));
        EXPECT_EQ(co_await read_all(client), "800000");
    }
    co_await talk.send(text("\"end\""));
    EXPECT_EQ(co_await next_of(talk), "end");
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(ipc_handles, reach_node_of_every_kind) {
    for (auto const how : both_modes) tell(to_node(how));
}

asio::awaitable<void> pass_one(ipc_channel& talk, int n, tcp::socket server) {
    json::value const m{{"many", n}};
    co_await talk.send(m, ipc_handle::socket(std::move(server)));
}

asio::awaitable<void> eighty() {
    auto const loop = co_await asio::this_coro::executor;
    auto child = run_js(node_child);
    auto& talk = child.channel();
    std::vector<tcp::socket> clients;
    for (int i = 1; i <= 80; ++i) {
        auto [client, server] = co_await connection();
        clients.push_back(std::move(client));
        asio::co_spawn(loop, pass_one(talk, i, std::move(server)), asio::detached);
    }
    for (int i = 1; i <= 80; ++i)
        EXPECT_EQ(co_await read_all(clients[static_cast<std::size_t>(i - 1)]), std::to_string(i));
    clients.clear(); // Node waits for their end
    co_await talk.disconnect();
    EXPECT_TRUE((co_await child.wait()).ok());
}

TEST(ipc_handles, reach_node_when_80_are_sent_at_once) { tell(eighty()); }

TEST(ipc_handles, come_from_node_of_every_kind) {
    for (std::string const mode : {"json", "advanced"}) {
        auto const end =
            exec_file_sync("node", {peer_path("ipc_handles_parent.js"), PARLANCE_IPC_CHILD, mode}, {.timeout = 60s});
        EXPECT_EQ(end.out,
                  "socket: hello from C++\nserver: accepted by C++\nudp: ping\n80 sockets\nserver closed\nexit 0\n")
            << end.err;
    }
}

} // namespace
} // namespace parlance::testing
