// Two hosts, that is two network namespaces, and a cable between them that is cut: frames go to an address that nobody
// has. Where the machine allows no namespaces these tests are skipped.
#include "ledger.hpp"

#include <sched.h>

#include <cerrno>
#include <cstring>

namespace parlance {
namespace {

using namespace testing;

constexpr int no_namespaces = 77;
constexpr char const* server_host = "10.99.0.2";
constexpr std::uint16_t server_port = 9000;
constexpr std::uint64_t found_gone = 1ull << 62; ///< the server's word for a disconnect, and its open descriptors

std::size_t open_descriptors() {
    std::filesystem::directory_iterator const all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool enters_a_network_of_its_own() {
    return ::unshare(CLONE_NEWNET) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

void shell(std::string const& line) {
    if (std::system((line + " 2>/dev/null").c_str()) != 0) ::_exit(no_namespaces);
}

asio::awaitable<void> server_that_notes(std::chrono::milliseconds keepalive, std::function<void(std::uint64_t)> note) {
    while (std::system((std::string("ip addr show | grep -q ") + server_host).c_str()) != 0) co_await pause_for(1ms);
    server world(address::tcp("0.0.0.0", server_port), {.keepalive = keepalive});
    world.on("n", [&](socket_event const& e) { note(e.json().to_number<std::uint64_t>()); });
    world.on("disconnect", [&](socket_event const&) { note(found_gone + open_descriptors()); });
    co_await world.start();
    note(found_gone + open_descriptors());
    co_await world.run();
}

std::string network_of(pid_t process) {
    return std::filesystem::read_symlink("/proc/" + std::to_string(process) + "/ns/net");
}

/// The cable's two ends.
class cable {
public:
    explicit cable(pid_t other) : other_(other) {
        shell("ip link set lo up");
        shell("ip link add near address 02:00:00:00:00:01 type veth peer name far address 02:00:00:00:00:02 netns " +
              std::to_string(other));
        shell("ip addr add 10.99.0.1/24 dev near");
        shell("ip link set near up");
        there("ip link set far up");
        there(std::string("ip addr add ") + server_host + "/24 dev far");
        join();
    }
    void cut() const { point_to("02:00:00:00:00:77", "02:00:00:00:00:78"); }
    void join() const { point_to("02:00:00:00:00:02", "02:00:00:00:00:01"); }

private:
    void there(std::string const& line) const { shell("nsenter -t " + std::to_string(other_) + " -n " + line); }
    void point_to(std::string const& far, std::string const& near) const {
        shell(std::string("ip neigh replace ") + server_host + " lladdr " + far + " dev near nud permanent");
        there("ip neigh replace 10.99.0.1 lladdr " + near + " dev far nud permanent");
    }
    pid_t other_;
};

/// Runs the story on the near host, in a process; skips where that cannot be.
template <class Story> void on_two_hosts(Story story) {
    auto const pid = ::fork();
    if (pid == 0) {
        if (!enters_a_network_of_its_own()) ::_exit(no_namespaces);
        try {
            story();
        } catch (std::exception const& fault) {
            ADD_FAILURE() << fault.what();
        }
        ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == no_namespaces)
        GTEST_SKIP() << "this machine allows no network namespaces, or has no iproute2";
    EXPECT_EQ(status, 0);
}

struct plan {
    std::chrono::milliseconds keepalive, cut;
    bool breaks; ///< the connection does not outlive the cut
};

asio::awaitable<void> client_beyond_the_cable(cable const& between, plan how, ledger& book, int& disconnects) {
    co_await pause_for(1ms); // the event loop's own descriptors
    auto const before = open_descriptors();
    std::chrono::steady_clock::time_point found{};
    {
        client world(
            address::tcp(server_host, server_port),
            {.retry = 50ms, .dial_timeout = 500ms, .offline_buffer_bytes = 4 << 20, .keepalive = how.keepalive});
        bool leaving = false, over_there = false;
        world.on("disconnect", [&](socket_event const& e) {
            if (leaving) return; // the server reads to the end, and what it got is looked at
            book.note(e.unconfirmed);
            if (!e.unconfirmed.empty()) ++disconnects, found = std::chrono::steady_clock::now();
        });
        world.on("destroy", [&](socket_event const&) { over_there = true; });
        co_await world.connect();
        for (int i = 0; i < 10; ++i) book.accepted = co_await world.emit("n", book.accepted + 1);
        co_await pause_for(200ms);
        between.cut();
        auto const begin = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() < begin + how.cut) {
            book.accepted = co_await world.emit("n", book.accepted + 1);
            co_await pause_for(20ms);
        }
        between.join();
        EXPECT_LE(found - begin, how.keepalive + 1500ms) << "found within the time that was set";
        while (!world.is_connected()) co_await pause_for(1ms);
        co_await world.flush();
        book.accepted = co_await world.emit("n", book.accepted + 1);
        leaving = true;
        auto const left = co_await world.disconnect();
        EXPECT_TRUE(left.empty());
        while (!over_there) co_await pause_for(1ms);
    }
    co_await pause_for(1ms);
    EXPECT_EQ(open_descriptors(), before) << "no descriptor is left";
}

void is_cut(plan how) {
    on_two_hosts([how] {
        forked peer([how](auto note) {
            if (!enters_a_network_of_its_own()) ::_exit(no_namespaces);
            return server_that_notes(how.keepalive, note);
        });
        while (network_of(peer.pid()) == network_of(::getpid())) ::usleep(1000); // one to plug into
        cable const between(peer.pid());
        ledger book;
        int disconnects = 0;
        asio::io_context loop;
        std::exception_ptr thrown;
        asio::co_spawn(loop, client_beyond_the_cable(between, how, book, disconnects),
                       [&](std::exception_ptr e) { thrown = e, loop.stop(); });
        loop.run_for(how.cut + std::chrono::minutes(1));
        if (thrown) std::rethrow_exception(thrown);
        std::vector<std::uint64_t> arrived, gone;
        while (gone.size() < (how.breaks ? 3 : 2)) { // its start, and each end of a connection
            auto const number = peer.next();
            if (!number) ::_exit(no_namespaces); // it had no network
            (*number >= found_gone ? gone : arrived).push_back(*number);
        }
        book.note(arrived);
        book.check();
        EXPECT_EQ(disconnects, how.breaks ? 1 : 0);
        EXPECT_EQ(gone.front(), gone.back()) << "no descriptor is left";
    });
}

TEST(a_cable, that_is_cut_is_found_by_both_ends_and_nothing_is_lost_unsaid) {
    is_cut({.keepalive = 2000ms, .cut = 4000ms, .breaks = true});
}
TEST(long_cable, that_is_cut_for_5_s_is_not_noticed_without_keepalive) {
    is_cut({.keepalive = 0ms, .cut = 5000ms, .breaks = false});
}
TEST(long_cable, that_is_cut_for_60_s_is_found_in_the_time_that_was_set) {
    is_cut({.keepalive = 3000ms, .cut = 60'000ms, .breaks = true});
}

} // namespace
} // namespace parlance
