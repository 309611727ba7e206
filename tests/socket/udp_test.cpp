// UDP, with real node-ipc at the other end: both ends are servers.
#include "support.hpp"

#include <boost/asio/ip/udp.hpp>

namespace parlance {
namespace {

using namespace testing;
using ::testing::ElementsAre;

asio::awaitable<void> answers_node(scratch_folder const& folder, std::string host, std::string family) {
    server world(address::udp(host, 0));
    world.on("m", [](socket_event const& e) -> asio::awaitable<void> {
        co_await e.peer.emit("m", std::string(e.json().as_string()) + "!");
    });
    co_await world.start();
    auto const port = std::to_string(world.where().port());
    node_program peer(folder, "ipc.serveNet('" + host + "', 0, '" + family + R"(', () => {
        ipc.server.on('m', (d) => { say(d); });
        ipc.server.on('news', (d) => { say(d); });
        setTimeout(() => ipc.server.emit({address: ')" +
                                  host + "', port: " + port + R"(}, 'm', 'hello'), 50);
        }); ipc.server.start();)");
    auto const heard = co_await peer.says();
    EXPECT_EQ(heard, R"(["hello!"])");
    auto const took = co_await world.broadcast("news", 7);
    EXPECT_EQ(took, 1u);
    auto const news = co_await peer.says();
    EXPECT_EQ(news, "[7]");
    EXPECT_EQ(world.peers().front().from().host(), host);
    co_await world.stop();
}

TEST(udp, talks_with_node_ipc_over_4_and_6) {
    NEEDS_NODE_IPC();
    scratch_folder const folder;
    play(answers_node(folder, "127.0.0.1", "udp4"));
    play(answers_node(folder, "::1", "udp6"));
}

asio::awaitable<void> takes_whole_frames(bool raw) {
    server world(address::udp("127.0.0.1", 0), {.raw = raw});
    co_await world.start();
    asio::ip::udp::socket other(co_await asio::this_coro::executor,
                                asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0));
    asio::ip::udp::endpoint const there(asio::ip::address_v4::loopback(), world.where().port());
    std::string const datagram = "{\"type\":\"a\",\"data\":1}\f{\"type\":\"b\"}\fnope\f{\"type\":\"c";
    other.send_to(asio::buffer(datagram), there);
    other.send_to(asio::buffer(std::string("{\"type\":\"d\"}\f")), there);
    words all;
    while (all.size() < (raw ? 4u : 7u)) {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event));
        EXPECT_EQ(event->peer.number(), event->what == happened::start ? 0u : 1u);
    }
    if (raw) {
        EXPECT_THAT(all, ElementsAre("start", "connect", "message  " + datagram, "message  {\"type\":\"d\"}\f"));
        co_return;
    }
    EXPECT_THAT(all, ElementsAre("start", "connect", "message a 1", "message b ", ::testing::HasSubstr("not JSON"),
                                 ::testing::HasSubstr("middle of a message"), "message d "));
}

TEST(udp, takes_whole_messages_and_tells_what_is_cut) {
    play(takes_whole_frames(false));
    play(takes_whole_frames(true));
}

asio::awaitable<void> refuses_what_is_too_large() {
    server one(address::udp("127.0.0.1", 0)), two(address::udp("127.0.0.1", 0));
    co_await one.start();
    co_await two.start();
    auto const peer = co_await one.peer_at("localhost", two.where().port());
    // {"type":"m","data":"…"} and a form feed: 23 bytes around it
    auto const refused = co_await as_result(peer.emit("m", std::string(65507 - 23 + 1, 'x')));
    EXPECT_EQ(refused.error().code(), errc::message_too_large);
    co_await peer.emit("m", std::string(65507 - 23, 'x'));
    for (;;) {
        auto const event = co_await two.next();
        if (event->what != happened::message) continue;
        EXPECT_EQ(event->text().size(), 65507u - 23 + 2);
        break;
    }
    auto const taken = co_await as_result(server(address::udp("127.0.0.1", one.where().port())).start());
    EXPECT_EQ(taken.error().code().value(), EADDRINUSE);
    client none(address::udp("127.0.0.1", 1), {.max_retries = 0});
    auto const no_client = co_await as_result(none.connect());
    EXPECT_FALSE(no_client);
}

TEST(udp, refuses_what_no_datagram_carries) { play(refuses_what_is_too_large()); }

asio::awaitable<void> forgets_the_most_silent() {
    server world(address::udp("127.0.0.1", 0), {.max_connections = 2});
    co_await world.start();
    auto const first = co_await world.peer_at("127.0.0.1", 1001);
    auto const second = co_await world.peer_at("127.0.0.1", 1002);
    auto const again = co_await world.peer_at("127.0.0.1", 1001);
    EXPECT_EQ(first, again);
    auto const third = co_await world.peer_at("127.0.0.1", 1003);
    EXPECT_TRUE(first.is_connected());
    EXPECT_FALSE(second.is_connected());
    EXPECT_EQ(world.peers().size(), 2u);
    third.close();
    EXPECT_EQ(world.peers().size(), 1u);
}

TEST(udp, remembers_so_many_and_forgets_who_was_silent_for_the_longest) { play(forgets_the_most_silent()); }

} // namespace
} // namespace parlance
