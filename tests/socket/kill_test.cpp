// kill -9 of either end at random moments, while messages flow: each message that was accepted arrives, or is reported
// as one that may not have arrived; in order.
#include "support.hpp"

#include <sys/wait.h>

#include <random>
#include <set>

namespace parlance {
namespace {

using namespace testing;

/// A process of ours that runs `story` and writes numbers, 8 bytes each, which we read; killed when dropped.
class forked {
public:
    template <class Story> explicit forked(Story story) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        unique_fd reader(ends[0]), writer(ends[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::signal(SIGPIPE, SIG_DFL);
            run(story([fd = writer.get()](std::uint64_t number) {
                if (::write(fd, &number, sizeof number) != sizeof number) ::_exit(1);
            }));
            ::_exit(0);
        }
        heard_ = std::move(reader);
    }
    forked(forked const&) = delete;
    forked& operator=(forked const&) = delete;
    ~forked() { end(); }

    /// Kills it, and returns all that it wrote.
    std::vector<std::uint64_t> end() {
        std::vector<std::uint64_t> all;
        if (pid_ <= 0) return all;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
        for (std::uint64_t number = 0; ::read(heard_.get(), &number, sizeof number) == sizeof number;)
            all.push_back(number);
        return all;
    }

private:
    pid_t pid_;
    unique_fd heard_;
};

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

/// What was accepted, what arrived, and what was said of the rest.
struct ledger {
    std::uint64_t accepted = 0, last_arrived = 0;
    std::set<std::uint64_t> arrived, reported;
    void note(std::vector<std::uint64_t> const& numbers) {
        for (auto const number : numbers) {
            EXPECT_GT(number, last_arrived) << "out of order, or twice";
            last_arrived = number;
            arrived.insert(number);
        }
    }
    void note(message_range const& range) {
        for (auto number = range.first; number <= range.last; ++number) reported.insert(number);
    }
    void check() const {
        for (std::uint64_t number = 1; number <= accepted; ++number)
            ASSERT_TRUE(arrived.contains(number) || reported.contains(number)) << number << " of " << accepted;
    }
};

asio::awaitable<void> pause_for(std::chrono::microseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> kills_of_the_server(std::string root, int kills) {
    ledger book;
    std::mt19937 random(20261124);
    client world("world", {.socket_root = root, .retry = 1ms, .offline_buffer_bytes = 4 << 20});
    bool over_there = false;
    world.on("disconnect", [&](socket_event const& e) { book.note(e.unconfirmed); });
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
        EXPECT_EQ(book.accepted, accepted);
        book.accepted -= std::min(book.accepted, book.accepted - book.reported.size()); // those never written
        book.check();
    }
}

TEST(kill_nine, of_the_server_200_times_loses_nothing_unsaid) {
    scratch_folder const folder;
    tell(kills_of_the_server(folder.root(), 200));
}
TEST(kill_nine, of_the_client_200_times_loses_nothing_unsaid) {
    scratch_folder const folder;
    tell(kills_of_the_client(folder.root(), 200));
}

} // namespace
} // namespace parlance
