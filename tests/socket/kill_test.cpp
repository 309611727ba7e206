// kill -9 of either end at random moments, while messages flow: each message that was accepted arrives, or is reported
// as one that may not have arrived; in order.
#include "ledger.hpp"

#include <random>

namespace parlance {
namespace {

using namespace testing;

asio::awaitable<void> server_that_notes(std::string root, std::function<void(std::uint64_t)> note) {
    server world("world", {.socket_root = root});
    world.on("n", [&](socket_event const& e) { note(e.json().to_number<std::uint64_t>()); });
    co_await world.run();
}

asio::awaitable<void> client_that_notes(std::string root, std::function<void(std::uint64_t)> note) {
    client world("world", {.socket_root = root, .retry = 1ms});
    world.on("n", [&](socket_event const& e) { note(e.json().to_number<std::uint64_t>()); });
    co_await world.run();
}

asio::awaitable<void> kills_of_the_server(std::string root, int kills) {
    ledger book;
    std::mt19937 random(20261124);
    client world("world", {.socket_root = root, .retry = 1ms, .offline_buffer_bytes = 4 << 20});
    bool leaving = false, over_there = false;
    world.on("disconnect", [&](socket_event const& e) {
        if (!leaving) book.note(e.unconfirmed); // at the end the server takes all, which is looked at
    });
    world.on("destroy", [&](socket_event const&) { over_there = true; });
    for (int i = 0; i <= kills; ++i) {
        forked peer([&](auto note) { return server_that_notes(root, note); });
        co_await world.connect();
        auto const until = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 4000);
        while (std::chrono::steady_clock::now() < until || random() % 16) {
            book.accepted = co_await world.emit("n", book.accepted + 1);
            if (random() % 64 == 0) co_await pause_for(std::chrono::microseconds(random() % 100));
        }
        if (i == kills) { // the last one may take what is left
            co_await world.flush();
            leaving = true;
            auto const over = co_await world.disconnect();
            EXPECT_TRUE(over.empty());
            while (!over_there) co_await pause_for(100us);
        }
        book.note(peer.end());
        while (world.is_connected()) co_await pause_for(100us);
    }
    book.check();
    EXPECT_GT(book.arrived.size(), 0u);
}

asio::awaitable<void> kills_of_the_client(std::string root, int kills) {
    std::mt19937 random(20261125);
    server world("world", {.socket_root = root});
    std::optional<socket_peer> there;
    ledger book;
    bool gone = false;
    world.on("connect", [&](socket_event const& e) { there = e.peer; });
    world.on("disconnect", [&](socket_event const& e) {
        book.note(e.unconfirmed);
        book.accepted = e.unconfirmed.last + e.undelivered.size(); // of each conversation, from 1
        gone = true;
    });
    co_await world.start();
    for (int i = 0; i < kills; ++i) {
        book = ledger();
        there.reset();
        gone = false;
        forked peer([&](auto note) { return client_that_notes(root, note); });
        while (!there) co_await pause_for(100us);
        std::uint64_t accepted = 0;
        auto const until = std::chrono::steady_clock::now() + std::chrono::microseconds(random() % 4000);
        while (std::chrono::steady_clock::now() < until || random() % 16) {
            accepted = co_await there->emit("n", accepted + 1);
            if (random() % 64 == 0) co_await pause_for(std::chrono::microseconds(random() % 100));
        }
        book.note(peer.end());
        while (!gone) co_await pause_for(100us);
        EXPECT_EQ(book.accepted, accepted) << "all that was accepted is named, as written or as not";
        EXPECT_EQ(book.arrived.size(), book.last_arrived) << "from the first on, without a gap";
        EXPECT_LE(book.last_arrived, book.reported.size());
    }
}

TEST(kill_nine, of_the_server_200_times_loses_nothing_unsaid) {
    scratch_folder const folder;
    play(kills_of_the_server(folder.root(), 200));
}
TEST(kill_nine, of_the_client_200_times_loses_nothing_unsaid) {
    scratch_folder const folder;
    play(kills_of_the_client(folder.root(), 200));
}

} // namespace
} // namespace parlance
