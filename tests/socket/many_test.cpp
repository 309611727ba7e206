// Many at once, slow ones, and large messages.
#include "support.hpp"

#include <sys/resource.h>

namespace parlance {
namespace {

using namespace testing;

asio::awaitable<void> asks(client& one, int number, std::vector<int>& answered) {
    co_await one.emit("add", number);
    auto const sum = co_await one.receive();
    EXPECT_EQ(sum->json(), number + 1);
    answered.push_back(number);
}

asio::awaitable<void> a_thousand(address where) {
    server world(where);
    world.on("add", [](socket_event const& e) -> asio::awaitable<void> {
        co_await e.peer.emit("sum", e.json().as_int64() + 1);
    });
    co_await world.start();
    auto const loop = co_await asio::this_coro::executor;
    std::vector<client> all;
    all.reserve(1000);
    std::vector<int> answered;
    for (int i = 0; i < 1000; ++i) all.emplace_back(world.where(), client_options{.retry = 1ms});
    for (int i = 0; i < 1000; ++i)
        asio::co_spawn(loop, asks(all[static_cast<std::size_t>(i)], i, answered), asio::detached);
    while (answered.size() < 1000) co_await asio::post(loop, asio::use_awaitable);
    EXPECT_EQ(world.peers().size(), 1000u);
    auto const took = co_await world.broadcast("bye");
    EXPECT_EQ(took, 1000u);
    co_await world.stop();
}

void allow_descriptors(rlim_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min(std::max(limit.rlim_cur, count), limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(a_thousand_clients, are_served_at_once_on_a_path_and_on_tcp) {
    allow_descriptors(4096);
    scratch_folder const folder;
    play(a_thousand(address::unix_path(folder.file("s"))));
    play(a_thousand(address::tcp("127.0.0.1", 0)));
}

asio::awaitable<void> floods(std::string root) {
    server world("world", {.socket_root = root, .write_buffer_bytes = 64 << 10, .grace = 100ms});
    std::optional<socket_peer> there;
    world.on("connect", [&](socket_event const& e) { there = e.peer; });
    co_await world.start();
    auto slow = co_await dial(address::unix_path(root + "app.world")); // and reads nothing
    while (!there) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    std::string const kilobyte(1000, 'x');
    std::size_t accepted = 0;
    while (there->try_emit("m", kilobyte)) ++accepted;
    // the buffer, and what the system's own holds
    EXPECT_LT(accepted, 1500u);
    EXPECT_GT(accepted, 64u);
    co_await world.stop(); // within the grace, though nobody reads
    EXPECT_FALSE(there->is_connected());
}

TEST(a_slow_reader, holds_up_who_writes_and_no_more_memory_than_the_limit) {
    scratch_folder const folder;
    play(floods(folder.root()));
}

asio::awaitable<void> emits(client& one, int count, std::size_t bytes) {
    json::value const data{{"filler", std::string(bytes, 'x')}};
    for (int i = 0; i < count; ++i)
        if (!one.try_emit("m", data)) co_await one.emit("m", data);
    EXPECT_THAT(co_await one.disconnect(60s), ::testing::IsEmpty());
}

asio::awaitable<void> floods_a_server(std::string root, int count, std::size_t bytes) {
    server world("world", {.socket_root = root});
    int heard = 0;
    world.on("m", [&](socket_event const&) { ++heard; });
    bool over = false;
    world.on("disconnect", [&](socket_event const&) { over = true; });
    co_await world.start();
    client one("world", {.socket_root = root});
    co_await one.connect();
    co_await emits(one, count, bytes);
    auto const loop = co_await asio::this_coro::executor;
    while (!over) co_await asio::post(loop, asio::use_awaitable);
    EXPECT_EQ(heard, count);
}

TEST(a_busy_client, leaves_nothing_behind_when_it_disconnects) {
    scratch_folder const folder;
    tell(floods_a_server(folder.root(), 200'000, 10));
    tell(floods_a_server(folder.root(), 2'000, 64 << 10));
    tell(floods_a_server(folder.root(), 50, 4 << 20));
}

asio::awaitable<void> gives_back(std::string root) {
    auto door = co_await listen(address::unix_path(root + "app.deaf"));
    client one("deaf", {.socket_root = root});
    co_await one.connect();
    std::uint64_t sent = 0;
    std::string const kilobyte(1000, 'x');
    while (one.try_emit("m", kilobyte)) ++sent;
    auto const left = co_await one.disconnect(50ms);
    EXPECT_GT(left.size(), 900u) << "the outbox holds a megabyte";
    EXPECT_LT(left.size(), sent);
}

TEST(a_busy_client, gets_back_what_a_deaf_server_did_not_take) {
    scratch_folder const folder;
    tell(gives_back(folder.root()));
}

asio::awaitable<void> carries(std::string root, std::size_t size) {
    server world("world", {.socket_root = root, .message_limit_bytes = 80 << 20});
    world.on("m",
             [](socket_event const& e) -> asio::awaitable<void> { co_await e.peer.emit("size", e.text().size()); });
    co_await world.start();
    client one("world", {.socket_root = root, .message_limit_bytes = 80 << 20});
    co_await one.emit("m", std::string(size, 'x'));
    auto const answer = co_await one.receive();
    EXPECT_EQ(answer->json().to_number<std::size_t>(), size + 2);
    auto const refused = co_await as_result(one.emit("m", std::string(81 << 20, 'x')));
    EXPECT_EQ(refused.error().code(), errc::message_too_large);
}

TEST(large_messages, of_64_mib_arrive) {
    scratch_folder const folder;
    play(carries(folder.root(), 64 << 20));
}

asio::awaitable<void> carries_many_large_ones(std::string root) {
    server world("world", {.socket_root = root});
    std::size_t got = 0;
    world.on("m", [&](socket_event const& e) { got += e.text().size() - 2; });
    co_await world.start();
    client one("world", {.socket_root = root});
    co_await one.connect();
    socket_data const megabyte(std::string(1 << 20, 'x'));
    for (int i = 0; i < 100; ++i) {
        if (one.try_emit("m", megabyte)) continue;
        auto copy = megabyte;
        co_await one.emit("m", std::move(copy));
    }
    co_await one.disconnect();
    co_await world.stop();
    EXPECT_EQ(got, std::size_t{100} << 20);
}

TEST(large_messages, many_in_a_row_leave_the_loop_its_turns) {
    scratch_folder const folder;
    play(carries_many_large_ones(folder.root()));
}

asio::awaitable<void> skips(std::string root) {
    server world("world", {.socket_root = root, .message_limit_bytes = 100});
    co_await world.start();
    auto peer = co_await dial(address::unix_path(root + "app.world"));
    co_await peer.write(R"({"type":"a","data":")" + std::string(1000, 'x') + "\"}\f{\"type\":\"b\",\"data\":1}\f{\"ty");
    peer.close_write();
    words all;
    while (all.size() < 6) {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event));
    }
    EXPECT_THAT(all, ::testing::ElementsAre("start", "connect", ::testing::HasSubstr("larger than the limit"),
                                            "message b 1", ::testing::HasSubstr("middle of a message"), "disconnect"));
}

TEST(large_messages, over_the_limit_are_told_and_skipped) {
    scratch_folder const folder;
    play(skips(folder.root()));
}

asio::awaitable<void> stops(std::string root) {
    server world("world", {.socket_root = root});
    world.on("stop", [&](socket_event const& e) -> asio::awaitable<void> {
        for (int i = 0; i < 1000; ++i) co_await e.peer.emit("m", i);
        co_await world.stop(); // from within a handler
    });
    client one("world", {.socket_root = root, .max_retries = 0});
    auto const loop = co_await asio::this_coro::executor;
    co_await world.start();
    co_await one.emit("stop");
    int got = 0;
    while (auto const each = co_await one.receive()) EXPECT_EQ(each->json(), got++);
    EXPECT_EQ(got, 1000);
    co_await world.run(); // returns at once: it is over
    EXPECT_FALSE(std::filesystem::exists(root + "app.world"));
    auto const again = co_await as_result(world.start());
    EXPECT_FALSE(again);
}

TEST(servers, flush_and_close_when_they_are_stopped) {
    scratch_folder const folder;
    play(stops(folder.root()));
}

asio::awaitable<void> lets_in(std::string root) {
    server world("world", {.socket_root = root});
    bool allowed = false;
    world.allow([&](socket_peer const& p) {
        EXPECT_EQ(p.who()->uid, ::getuid());
        return std::exchange(allowed, true);
    });
    co_await world.start();
    client one("world", {.socket_root = root, .retry = 1ms});
    one.on("connect", [](socket_event const& e) { e.peer.try_emit("m", 1); }); // what the first one took is lost
    words all;
    asio::co_spawn(co_await asio::this_coro::executor, one.run(), asio::detached);
    while (all.empty() || !all.back().starts_with("message")) {
        auto const event = co_await world.next();
        all.push_back(testing::told(*event));
    }
    EXPECT_THAT(all, ::testing::ElementsAre("start", "error it was not allowed in", "connect", "message m 1"));
}

TEST(servers, let_in_whom_they_allow) {
    scratch_folder const folder;
    play(lets_in(folder.root()));
}

asio::awaitable<void> throws(std::string root) {
    server world("world", {.socket_root = root});
    words faults;
    world.on("m", [](socket_event const& e) { static_cast<void>(e.json().as_string()); });
    world.on("m", [](socket_event const&) -> asio::awaitable<void> {
        throw std::runtime_error("second");
        co_return;
    });
    world.on("error", [&](socket_event const& e) { faults.push_back(e.fault->message()); });
    world.on("n", [](socket_event const& e) { e.peer.try_emit("n"); });
    co_await world.start();
    client one("world", {.socket_root = root});
    co_await one.emit("m", 1);
    co_await one.emit("n");
    auto const answer = co_await one.receive();
    EXPECT_EQ(answer->type(), "n");
    EXPECT_THAT(faults, ::testing::ElementsAre(::testing::_, "second"));
}

TEST(servers, survive_what_handlers_throw) {
    scratch_folder const folder;
    play(throws(folder.root()));
}

} // namespace
} // namespace parlance
