#include "support/loop.hpp"
#include "support/test_folder.hpp"

#include <parlance/dial.hpp>
#include <parlance/error.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace parlance {
namespace {

using testing::tell;
using namespace std::chrono_literals;

class dial_test : public ::testing::Test {
protected:
    address at(std::string const& name) const { return address::unix_path(folder.path(name)); }
    /// What a server leaves that was killed.
    void leave_stale(address const& where) const {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        where.path().copy(name.sun_path, sizeof name.sun_path - 1);
        unique_fd const left(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::bind(left.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    }

    test_folder folder;
};

boost::system::error_code const in_use(EADDRINUSE, boost::system::system_category());

asio::awaitable<void> echo_one(listener& door) {
    auto came = co_await door.accept();
    char bytes[100];
    while (auto const got = co_await came.bytes.read_some(bytes)) co_await came.bytes.write(std::string(bytes, got));
}

asio::awaitable<std::string> said_to(address where, std::string words) {
    auto talk = co_await dial(where);
    co_await talk.write(words);
    talk.close_write();
    co_return co_await talk.read_all();
}

asio::awaitable<void> echo_over(address where) {
    auto door = co_await listen(where);
    asio::co_spawn(co_await asio::this_coro::executor, echo_one(door), asio::detached);
    auto const heard = co_await said_to(door.where(), "hello");
    EXPECT_EQ(heard, "hello") << door.where().text();
}

TEST_F(dial_test, reaches_who_listens_on_a_path_and_on_tcp_4_and_6_and_by_name) {
    tell(echo_over(at("s")));
    tell(echo_over(address::tcp("127.0.0.1", 0)));
    tell(echo_over(address::tcp("::1", 0)));
    tell(echo_over(address::tcp("localhost", 0)));
    tell(echo_over(
        address::unix_path(std::string("\0parlance-", 10) + std::filesystem::path(folder.path()).filename().string())));
}

template <class T>
asio::awaitable<void> fails_with(asio::awaitable<T> call, boost::system::error_code expected, std::string words) {
    auto const got = co_await as_result(std::move(call));
    EXPECT_FALSE(got);
    if (got) co_return;
    EXPECT_EQ(got.error().code(), expected) << got.error().what();
    EXPECT_NE(std::string(got.error().what()).find(words), std::string::npos) << got.error().what();
}
boost::system::error_code system_error(int number) { return {number, boost::system::system_category()}; }

TEST_F(dial_test, says_why_nobody_is_there) {
    auto const long_name = at(std::string(108 - folder.path().size() - 1, 'x'));
    auto const longest = at(std::string(107 - folder.path().size() - 1, 'x'));
    tell(fails_with(dial(at("none")), system_error(ENOENT), at("none").path()));
    leave_stale(at("stale"));
    tell(fails_with(dial(at("stale")), system_error(ECONNREFUSED), "stale"));
    tell(fails_with(dial(long_name), make_error_code(errc::invalid_argument), "at most 107 bytes, and this has 108"));
    tell(fails_with(listen(long_name), make_error_code(errc::invalid_argument), "at most 107 bytes"));
    tell(echo_over(longest));
    tell(fails_with(dial(address::tcp("127.0.0.1", 1)), system_error(ECONNREFUSED), "127.0.0.1:1"));
    tell(fails_with(dial(address::udp("127.0.0.1", 1)), make_error_code(errc::invalid_argument), "UDP"));
    tell(fails_with(dial(address::tcp("::1", 1), {.family = ip_family::v4}), make_error_code(errc::invalid_argument),
                    "no address of IP version 4"));
}

asio::awaitable<void> a_full_queue_times_out(address where) {
    auto door = co_await listen(where, {.backlog = 0});
    std::vector<stream> waiting;
    for (int i = 0;; ++i) {
        auto got = co_await as_result(dial(where, {.timeout = 50ms}));
        if (!got) {
            EXPECT_EQ(got.error().code(), make_error_code(errc::timed_out));
            break;
        }
        waiting.push_back(std::move(*got));
        if (i > 100) throw std::runtime_error("the queue is never full");
    }
    // room comes while another waits
    auto const loop = co_await asio::this_coro::executor;
    bool reached = false;
    asio::co_spawn(loop, dial(where), [&](std::exception_ptr fault, stream) { reached = !fault; });
    for (auto left = waiting.size() + 1; left > 0; --left) co_await door.accept();
    while (!reached) co_await asio::post(loop, asio::use_awaitable);
}

TEST_F(dial_test, waits_for_a_full_queue_as_long_as_it_was_told) { tell(a_full_queue_times_out(at("s"))); }

asio::awaitable<void> cancelled_in_time(address where) {
    using namespace asio::experimental::awaitable_operators;
    auto door = co_await listen(where, {.backlog = 0});
    std::vector<stream> waiting;
    waiting.push_back(co_await dial(where));
    asio::steady_timer soon(co_await asio::this_coro::executor, 30ms);
    auto const first = co_await (as_result(dial(where)) || soon.async_wait(asio::use_awaitable));
    EXPECT_EQ(first.index(), 1u);
}

TEST_F(dial_test, ends_at_once_when_it_is_cancelled) { tell(cancelled_in_time(at("s"))); }

asio::awaitable<void> comes_from(address from) {
    auto door = co_await listen(address::tcp("127.0.0.1", 0));
    auto const talk = co_await dial(door.where(), {.local_host = from.host(), .local_port = from.port()});
    auto const came = co_await door.accept();
    EXPECT_EQ(came.from.host(), from.host());
    EXPECT_FALSE(came.who);
}

TEST_F(dial_test, connects_from_where_it_was_told) { tell(comes_from(address::tcp("127.0.0.77", 0))); }

asio::awaitable<void> knows_its_peer(address where) {
    auto door = co_await listen(where);
    auto const talk = co_await dial(where);
    auto const came = co_await door.accept();
    EXPECT_EQ(came.who, (credentials{::getpid(), ::getuid(), ::getgid()}));
    EXPECT_EQ(came.from, where);
}

TEST_F(dial_test, the_listener_learns_who_came) { tell(knows_its_peer(at("s"))); }

asio::awaitable<void> is_in_use(address where, std::string words) { co_await fails_with(listen(where), in_use, words); }

asio::awaitable<void> a_live_one_stays(address where) {
    {
        auto door = co_await listen(where);
        co_await fails_with(listen(where), in_use, "another server listens there");
        auto const visitor = co_await dial(where); // it was not harmed
        auto const knock = co_await door.accept(); // the second one's, which looked who is there
        auto const came = co_await door.accept();
    }
    EXPECT_FALSE(std::filesystem::exists(where.path()));
}

TEST_F(dial_test, a_live_path_is_never_stolen) { tell(a_live_one_stays(at("s"))); }

TEST_F(dial_test, a_stale_path_is_taken_over_unless_told_otherwise) {
    leave_stale(at("s"));
    tell(fails_with(listen(at("s"), {.unlink = false}), in_use, "nobody listens"));
    tell(echo_over(at("s")));
}

TEST_F(dial_test, a_file_that_is_no_socket_stays) {
    std::ofstream(at("s").path()) << "precious";
    tell(is_in_use(at("s"), "no socket"));
    std::filesystem::create_directory(at("d").path());
    tell(is_in_use(at("d"), "no socket"));
    EXPECT_EQ(std::filesystem::file_size(at("s").path()), 8u);
}

asio::awaitable<void> only_removes_its_own(address where) {
    auto door = co_await listen(where);
    std::filesystem::remove(where.path());
    std::ofstream(where.path()) << "somebody else's";
    door.close();
    EXPECT_TRUE(std::filesystem::exists(where.path()));
}

TEST_F(dial_test, a_listener_removes_no_file_but_its_own) { tell(only_removes_its_own(at("s"))); }

mode_t mode_of(address const& where) {
    struct stat about{};
    return ::lstat(where.path().c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
}

asio::awaitable<void> has_its_mode(address where, mode_t mode, mode_t umask_then) {
    std::atomic<bool> done = false;
    mode_t seen = 0;
    std::thread watcher([&] {
        while (!done) seen |= mode_of(where);
    });
    auto const before = ::umask(umask_then);
    for (int i = 0; i < 200; ++i) {
        auto const door = co_await listen(where, {.mode = mode});
        EXPECT_EQ(mode_of(where), mode);
    }
    ::umask(before);
    done = true;
    watcher.join();
    EXPECT_EQ(seen & ~mode, 0u) << "it was more open for a moment";
}

TEST_F(dial_test, a_path_never_has_another_mode_than_it_was_given) {
    tell(has_its_mode(at("a"), 0600, 0));
    tell(has_its_mode(at("b"), 0666, 0077));
    tell(has_its_mode(at("c"), 0660, 0022));
}

asio::awaitable<void> race(address where, std::vector<std::optional<listener>>& won, int& lost) {
    auto got = co_await as_result(listen(where));
    if (got)
        won.emplace_back(std::move(*got));
    else
        ++lost;
}

asio::awaitable<void> of_many_that_start(address where) {
    auto const loop = co_await asio::this_coro::executor;
    std::vector<std::optional<listener>> won;
    int lost = 0;
    for (int i = 0; i < 20; ++i) asio::co_spawn(loop, race(where, won, lost), asio::detached);
    while (won.size() + static_cast<std::size_t>(lost) < 20) co_await asio::post(loop, asio::use_awaitable);
    EXPECT_EQ(won.size(), 1u);
}

TEST_F(dial_test, of_many_that_start_at_once_over_a_stale_path_one_wins) {
    leave_stale(at("s"));
    tell(of_many_that_start(at("s")));
}

/// The same in threads, which stand for processes: each locks through a descriptor of its own.
TEST_F(dial_test, of_many_threads_that_start_at_once_over_a_stale_path_one_wins) {
    for (int round = 0; round < 20; ++round) {
        leave_stale(at("s"));
        std::atomic<int> won = 0, finished = 0;
        std::vector<std::thread> all;
        all.reserve(4);
        for (int i = 0; i < 4; ++i) {
            all.emplace_back([&] {
                tell([](address where, std::atomic<int>& first, std::atomic<int>& over) -> asio::awaitable<void> {
                    auto const got = co_await as_result(listen(where));
                    if (got) ++first;
                    ++over;
                    while (over < 4) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
                }(at("s"), won, finished));
            });
        }
        for (auto& each : all) each.join();
        ASSERT_EQ(won, 1);
    }
}

asio::awaitable<void> wait_for_the_end(listener& door, std::vector<bool>& over) {
    auto const got = co_await as_result(door.accept());
    EXPECT_EQ(got.error().code(), asio::error::operation_aborted);
    over.push_back(true);
}

asio::awaitable<void> is_over_when_closed(address where) {
    auto door = co_await listen(where);
    auto const loop = co_await asio::this_coro::executor;
    std::vector<bool> over;
    asio::co_spawn(loop, wait_for_the_end(door, over), asio::detached);
    co_await testing::turns();
    door.close();
    while (over.empty()) co_await asio::post(loop, asio::use_awaitable);
    co_await fails_with(door.accept(), asio::error::operation_aborted, "");
}

TEST_F(dial_test, closing_ends_the_wait_for_another) {
    tell(is_over_when_closed(at("s")));
    tell(is_over_when_closed(address::tcp("127.0.0.1", 0)));
}

} // namespace
} // namespace parlance
