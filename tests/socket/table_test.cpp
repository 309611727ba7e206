// The table of docs/socket.md: each row's code stands in one of these tests.
#include "support.hpp"

#include "support/certificates.hpp"

#include <unistd.h>

namespace parlance {
namespace {

using namespace testing;

TEST(table, a_server_by_its_name) {
    {
        server world("world");
        EXPECT_EQ(world.where().text(), "/tmp/app.world");
    }
    scratch_folder const folder;
    play([](std::string path) -> asio::awaitable<void> {
        server world(address::unix_path(path));
        co_await world.start();
        EXPECT_TRUE(std::filesystem::is_socket(path));
        server second(address::unix_path(path));
        auto const stolen = co_await as_result(second.start());
        EXPECT_EQ(stolen.error().code().value(), EADDRINUSE);
        co_await world.stop();
        EXPECT_FALSE(std::filesystem::exists(path));
    }(folder.file("s")));
}

TEST(table, a_client_by_its_name) {
    {
        client world("world");
        EXPECT_FALSE(world.is_connected());
    }
    play([]() -> asio::awaitable<void> {
        server door(address::tcp("127.0.0.1", 0));
        co_await door.start();
        auto const port = door.where().port();
        client world(address::tcp("127.0.0.1", port));
        co_await world.connect();
        EXPECT_TRUE(world.is_connected());
        co_await world.disconnect();
        EXPECT_FALSE(world.is_connected());
    }());
}

TEST(table, on_tcp) {
    play([]() -> asio::awaitable<void> {
        server world(address::tcp("127.0.0.1", 0));
        co_await world.start();
        EXPECT_NE(world.where().port(), 0);
    }());
}

struct pair {
    scratch_folder folder;
    server world{"world", {.socket_root = folder.root()}};
    client other{"world", {.socket_root = folder.root(), .retry = 5ms}};
};

TEST(table, messages_and_broadcasts) {
    pair both;
    both.world.on("message", [](socket_event const& e) -> asio::awaitable<void> {
        json::value const data{{"heard", e.json()}};
        co_await e.peer.emit("message", data);
    });
    words seen;
    auto const hear = [&](socket_event const& e) { seen.emplace_back(e.type()); };
    both.world.on("*", hear);
    play([](pair& of) -> asio::awaitable<void> {
        co_await of.world.start();
        {
            client& world = of.other;
            co_await world.emit("message", "hello");
            co_await world.emit("connect", "no event");
            auto const answer = co_await world.receive();
            EXPECT_EQ(answer->text(), R"({"heard":"hello"})");
        }
        {
            server& world = of.world;
            co_await world.broadcast("news", 7);
        }
        auto const news = co_await of.other.receive();
        EXPECT_EQ(news->text(), "7");
    }(both));
    EXPECT_EQ(seen, (words{"message", "connect"}));
}

TEST(table, handlers_and_events) {
    pair both;
    int connects = 0;
    auto const hear = [&](socket_event const&) { ++connects; };
    {
        server& world = both.world;
        world.on("connect", hear);
        world.allow([](socket_peer const& p) { return p.who()->uid == ::getuid(); });
    }
    play([](pair& of) -> asio::awaitable<void> {
        auto& served = of.world;
        auto& other = of.other;
        co_await served.start();
        json::value const named{{"id", "me"}};
        co_await other.emit("connect", named);
        words all;
        server& world = served;
        while (auto e = co_await world.next()) {
            all.push_back(testing::told(*e));
            if (e->what != happened::message) continue;
            EXPECT_EQ(e->peer.id(), "me");
            EXPECT_EQ(e->peer.who()->pid, ::getpid());
            break;
        }
        EXPECT_EQ(all, (words{"start", R"(message connect {"id":"me"})"}));
        co_await other.disconnect();
        co_await served.stop();
    }(both));
    EXPECT_EQ(connects, 1);
}

TEST(table, a_handler_hears_its_message) {
    pair both;
    server& world = both.world;
    world.on("message", [](socket_event const& e) { e.peer.try_emit("seen", 1); });
    play([](server& served, client& other) -> asio::awaitable<void> {
        co_await served.start();
        co_await other.emit("message");
        auto const seen = co_await other.receive();
        EXPECT_EQ(seen->type(), "seen");
    }(world, both.other));
}

TEST(table, options_of_servers) {
    scratch_folder const folder;
    play([](std::string root) -> asio::awaitable<void> {
        server one("a", {.socket_root = root, .appspace = "my."});
        server two("b", {.socket_root = root, .writable_all = true});
        server three("c", {.socket_root = root, .unlink = false});
        server four("d", {.socket_root = root, .max_connections = 1});
        server five("e", {.socket_root = root, .raw = true, .encoding = text_encoding::hex, .delimiter = '\n'});
        co_await one.start();
        co_await two.start();
        co_await three.start();
        co_await four.start();
        co_await five.start();
        EXPECT_EQ(one.where().path(), root + "my.a");
        using std::filesystem::perms;
        EXPECT_EQ(std::filesystem::status(root + "my.a").permissions(), perms(0600));
        EXPECT_EQ(std::filesystem::status(root + "app.b").permissions(), perms(0622));
    }(folder.root()));
}

TEST(table, options_of_clients) {
    scratch_folder const folder;
    play([](std::string root) -> asio::awaitable<void> {
        client world("world", {.socket_root = root, .retry = 50ms, .max_retries = 2, .sync = true});
        co_await world.emit("m");
        words all;
        while (auto e = co_await world.next()) all.emplace_back(name_of(e->what));
        EXPECT_EQ(all.size(), 7u);
        server door(address::tcp("127.0.0.1", 0));
        co_await door.start();
        client other(door.where(), {.local_host = "127.0.0.1"});
        co_await other.connect();
    }(folder.root()));
}

TEST(table, over_udp) {
    play([]() -> asio::awaitable<void> {
        server other(address::udp("127.0.0.1", 0));
        co_await other.start();
        auto const port = other.where().port();
        server world(address::udp("127.0.0.1", 0));
        auto const peer = co_await world.peer_at("127.0.0.1", port);
        co_await peer.emit("m", 1);
        words all;
        while (all.size() < 3) {
            auto const event = co_await other.next();
            all.push_back(testing::told(*event));
        }
        EXPECT_EQ(all, (words{"start", "connect", "message m 1"}));
    }());
}

TEST(table, over_tls) {
    scratch_folder const folder;
    authority const issuer("issuer");
    auto const made = issuer.issue("IP:127.0.0.1");
    std::string const files[] = {folder.test_folder::file("ca", issuer.certificate()),
                                 folder.test_folder::file("cert", made.certificate),
                                 folder.test_folder::file("key", made.key)};
    play([](std::string ca, std::string cert, std::string key) -> asio::awaitable<void> {
        auto where = address::tcp("127.0.0.1", 0);
        {
            server world(where, {.tls = tls_options{.certificate = cert, .key = key}});
            co_await world.start();
            world.reload_certificates();
            auto const there = world.where();
            client careless(there, {.tls = tls_options{.verify = false}});
            co_await careless.connect();
        }
        server mutual(where, {.tls = tls_options{.certificate = cert, .key = key, .ca = ca}});
        co_await mutual.start();
        where = mutual.where();
        {
            client world(where, {.tls = tls_options{.ca = ca}});
            auto const none = co_await as_result(world.connect());
            EXPECT_TRUE(none) << "TLS 1.3: the server's refusal comes after the handshake";
            auto const first = co_await world.next();
            EXPECT_EQ(first->what, happened::connect);
            auto const refused = co_await world.next();
            EXPECT_EQ(refused->fault->code(), errc::tls_failed);
        }
        client known(where, {.tls = tls_options{.certificate = cert, .key = key, .ca = ca}});
        co_await known.connect();
    }(files[0], files[1], files[2]));
}

TEST(table, raw_bytes) {
    scratch_folder const folder;
    play([](std::string root) -> asio::awaitable<void> {
        server served("raw", {.socket_root = root, .raw = true, .encoding = text_encoding::hex});
        co_await served.start();
        client world("raw", {.socket_root = root, .raw = true});
        std::string const bytes("\0\xff\x80", 3);
        co_await world.write(bytes);
        for (;;) {
            auto const event = co_await served.next();
            if (event->what != happened::message) continue;
            EXPECT_EQ(event->text(), bytes);
            EXPECT_EQ(event->json(), "00ff80");
            break;
        }
    }(folder.root()));
}

} // namespace
} // namespace parlance
