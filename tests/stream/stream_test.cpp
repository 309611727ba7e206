#include "stream/descriptor.hpp"

#include <parlance/error.hpp>
#include <parlance/run.hpp>
#include <parlance/stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace parlance {
namespace {

struct two_ends {
    stream near, far;
};

two_ends over_a_socket() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    return {stream(unique_fd(fds[0])), stream(unique_fd(fds[1]))};
}

two_ends over_pipes() {
    int there[2], back[2];
    EXPECT_EQ(::pipe2(there, O_CLOEXEC) | ::pipe2(back, O_CLOEXEC), 0);
    return {stream(unique_fd(back[0]), unique_fd(there[1])), stream(unique_fd(there[0]), unique_fd(back[1]))};
}

two_ends in_memory() {
    auto [near, far] = memory_pair(1000);
    return {std::move(near), std::move(far)};
}

struct kind {
    char const* name;
    two_ends (*make)();
};

class any_stream : public ::testing::TestWithParam<kind> {};
INSTANTIATE_TEST_SUITE_P(stream, any_stream,
                         ::testing::Values(kind{"socket", over_a_socket}, kind{"pipes", over_pipes},
                                           kind{"memory", in_memory}),
                         [](auto const& which) { return which.param.name; });

asio::awaitable<void> echo_all(stream far) {
    std::string const all = co_await far.read_all();
    co_await far.write(all);
    far.close_write();
}

asio::awaitable<std::string> send_and_hear(two_ends ends, std::string bytes) {
    asio::co_spawn(co_await asio::this_coro::executor, echo_all(std::move(ends.far)), asio::detached);
    co_await ends.near.write(std::move(bytes));
    ends.near.close_write();
    co_return co_await ends.near.read_all();
}

TEST_P(any_stream, carries_more_than_fits_at_once_both_ways) {
    std::string bytes(3'000'000, 'x');
    for (std::size_t i = 0; i < bytes.size(); i += 7) bytes[i] = static_cast<char>('a' + i % 26);
    EXPECT_EQ(run(send_and_hear(GetParam().make(), bytes)), bytes);
}

asio::awaitable<void> write_until_it_fails(stream near) {
    for (;;) co_await near.write(std::string(100'000, 'x'));
}

TEST_P(any_stream, says_peer_closed_and_raises_no_signal_when_nobody_reads) {
    auto ends = GetParam().make();
    ends.far = stream(); // SIGPIPE has its default action here: it would end this program
    try {
        run(write_until_it_fails(std::move(ends.near)));
        FAIL() << "it wrote to nobody";
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::peer_closed) << fault.what();
    }
}

asio::awaitable<std::string> end_first_then_read(two_ends ends) {
    ends.near.close_write();
    std::string const heard = co_await ends.far.read_all();
    co_await ends.far.write("still here");
    ends.far.close_write();
    co_return heard + co_await ends.near.read_all();
}

TEST_P(any_stream, is_still_read_after_its_own_end) {
    EXPECT_EQ(run(end_first_then_read(GetParam().make())), "still here");
}

asio::awaitable<boost::system::error_code> read_code(stream& from) {
    char byte;
    try {
        co_await from.read_some({&byte, 1});
    } catch (boost::system::system_error const& fault) {
        co_return fault.code();
    }
    co_return boost::system::error_code();
}

TEST_P(any_stream, cancelled_while_reading_has_taken_nothing) {
    asio::io_context loop(1); // outlives the streams that are bound to it
    auto ends = GetParam().make();
    asio::cancellation_signal stop;
    std::optional<boost::system::error_code> ended;
    asio::co_spawn(loop, read_code(ends.near),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr, boost::system::error_code code) { ended = code; }));
    asio::post(loop, [&] { stop.emit(asio::cancellation_type::terminal); });
    loop.run();
    EXPECT_EQ(ended, asio::error::operation_aborted);

    loop.restart();
    std::string heard;
    asio::co_spawn(loop, ends.far.write("all of it"), [&](std::exception_ptr) { ends.far = stream(); });
    asio::co_spawn(loop, ends.near.read_all(), [&](std::exception_ptr, std::string got) { heard = got; });
    loop.run();
    EXPECT_EQ(heard, "all of it");
}

TEST_P(any_stream, closed_while_reading_ends_the_read) {
    asio::io_context loop(1); // outlives the streams that are bound to it
    auto ends = GetParam().make();
    std::optional<boost::system::error_code> ended;
    asio::co_spawn(loop, read_code(ends.near),
                   [&](std::exception_ptr, boost::system::error_code code) { ended = code; });
    asio::post(loop, [&] { ends.near.close(); });
    loop.run();
    EXPECT_EQ(ended, asio::error::operation_aborted);
}

asio::awaitable<int> reads_until(bool& other_had_a_turn, stream busy) {
    char byte;
    int reads = 0;
    while (!other_had_a_turn && reads < 100'000) co_await busy.read_some({&byte, 1}), ++reads;
    co_return reads;
}

TEST(stream, that_is_always_ready_lets_others_have_their_turn) {
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    unique_fd const writer(fds[1]);
    std::string const plenty(60'000, 'x');
    ASSERT_EQ(::write(writer.get(), plenty.data(), plenty.size()), static_cast<ssize_t>(plenty.size()));
    asio::io_context loop(1);
    bool turn = false;
    int reads = 0;
    asio::co_spawn(loop, reads_until(turn, stream(unique_fd(fds[0]))),
                   [&](std::exception_ptr, int count) { reads = count; });
    asio::post(loop, [&] { turn = true; });
    loop.run();
    EXPECT_LT(reads, 100);
}

TEST(stream, reads_a_regular_file_to_its_end) {
    unique_fd file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(file);
    EXPECT_NE(run(stream(std::move(file), unique_fd()).read_all()).find("root:"), std::string::npos);
}

asio::awaitable<std::string> read_at_most(stream from, std::size_t limit_bytes) {
    co_return co_await from.read_all(limit_bytes);
}

TEST(stream, refuses_to_read_more_than_the_limit) {
    auto file = [] { return stream(unique_fd(::open("/dev/zero", O_RDONLY | O_CLOEXEC)), unique_fd()); };
    try {
        run(read_at_most(file(), 100'000));
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::message_too_large);
    }
}

asio::awaitable<std::size_t> read_once(stream& from, std::size_t most) {
    std::string into(most, 0);
    co_return co_await from.read_some(into);
}

int send_buffer_of(int fd) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    EXPECT_EQ(::getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, &size), 0);
    return bytes;
}

TEST(stream, widens_a_unix_socket_when_more_is_written_than_it_takes) {
    int fds[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    stream near{unique_fd(fds[0])}, far{unique_fd(fds[1])};
    auto const before = send_buffer_of(fds[0]);
    run([](stream& to) -> asio::awaitable<void> { co_await to.write("little"); }(near));
    EXPECT_EQ(send_buffer_of(fds[0]), before);
    std::string const much(4 << 20, 'x');
    std::string_view const all = much;
    EXPECT_LT(near.try_write({&all, 1}), much.size());
    EXPECT_GT(send_buffer_of(fds[0]), before);
}

TEST(stream, widens_a_pipe_only_when_much_flows) {
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    unique_fd const writer(fds[1]);
    stream reader{unique_fd(fds[0]), unique_fd()};
    auto const at_first = ::fcntl(writer.get(), F_GETPIPE_SZ);
    std::string const much(65536, 'x');
    for (auto const count : {100u, 65536u}) {
        ASSERT_EQ(::write(writer.get(), much.data(), count), static_cast<ssize_t>(count));
        EXPECT_EQ(run(read_once(reader, 65536)), count);
        EXPECT_EQ(::fcntl(writer.get(), F_GETPIPE_SZ) > at_first, count == 65536u);
    }
}

TEST(stream, without_anything_is_at_its_end) { EXPECT_EQ(run(stream().read_all()), ""); }

/// A pipe that nobody reads, and two ways of writing to it.
unique_fd broken_pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error(errno, std::system_category());
    ::close(fds[0]);
    return unique_fd(fds[1]);
}
void write_as_streams_do(int fd) {
    std::string_view const part = "x";
    EXPECT_THROW(write_now(fd, descriptor_kind::other, {&part, 1}), failure);
}
void write_as_on_older_kernels(int fd) {
    iovec const part{const_cast<char*>("x"), 1};
    EXPECT_EQ(write_with_the_signal_blocked(fd, &part, 1), -1);
    EXPECT_EQ(errno, EPIPE);
}
class broken_pipe_write : public testing::TestWithParam<void (*)(int)> {};
INSTANTIATE_TEST_SUITE_P(stream, broken_pipe_write, testing::Values(&write_as_streams_do, &write_as_on_older_kernels),
                         [](auto const& way) {
                             return way.param == &write_as_streams_do ? "as_streams_do" : "as_on_older_kernels";
                         });

TEST_P(broken_pipe_write, keeps_a_sigpipe_that_was_pending_before) {
    sigset_t sigpipe, before, pending;
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
    pthread_kill(pthread_self(), SIGPIPE);
    GetParam()(broken_pipe().get());
    sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGPIPE), 1);
    timespec const at_once{};
    EXPECT_EQ(sigtimedwait(&sigpipe, nullptr, &at_once), SIGPIPE);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_P(broken_pipe_write, raises_no_signal_and_leaves_none_pending) {
    GetParam()(broken_pipe().get()); // SIGPIPE has its default action here: it would end this program
    sigset_t pending;
    sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

asio::awaitable<void> write_one(stream to) { co_await to.write("x"); }

TEST(stream, writes_to_what_takes_no_flags) { // /proc has files that refuse every flag of pwritev2
    unique_fd comm(::open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(comm);
    run(write_one(stream(unique_fd(), std::move(comm))));
    char name[16] = {};
    ::prctl(PR_GET_NAME, name);
    EXPECT_STREQ(name, "x");
}

asio::awaitable<std::string> read_until_it_hangs_up(stream terminal, unique_fd other_side) {
    std::array<char, 8> chunk;
    auto const first = co_await terminal.read_some(chunk); // less than it asked for: the next read waits at once
    asio::post(co_await asio::this_coro::executor, [&other_side] { other_side.reset(); });
    auto const second = co_await terminal.read_some(chunk);
    co_return std::string(chunk.data(), first) + std::to_string(second);
}

TEST(stream, of_a_terminal_that_hangs_up_is_at_its_end) {
    int ours = -1, theirs = -1;
    ASSERT_EQ(::openpty(&ours, &theirs, nullptr, nullptr, nullptr), 0);
    unique_fd other_side(theirs);
    stream terminal{unique_fd(ours)};
    ASSERT_EQ(::write(other_side.get(), "hi", 2), 2);
    EXPECT_EQ(run(read_until_it_hangs_up(std::move(terminal), std::move(other_side))), "hi0");
}

TEST(reopened, pipe_is_nonblocking_for_us_alone) {
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    unique_fd const read_end(fds[0]), write_end(fds[1]);
    stream const ours(reopened(read_end.get(), O_RDONLY), unique_fd());
    EXPECT_EQ(::fcntl(read_end.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(reopened, file_keeps_its_position) {
    char path[] = "/tmp/parlance-reopened-XXXXXX";
    unique_fd const file(::mkostemp(path, O_CLOEXEC));
    ASSERT_TRUE(file);
    ::unlink(path);
    ASSERT_EQ(::write(file.get(), "before ", 7), 7);
    run(write_one(stream(unique_fd(), reopened(file.get(), O_WRONLY))));
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 8);
}

} // namespace
} // namespace parlance
