// Descriptors that go with messages, over a Unix socket.
#include "ends.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parlance::testing {
namespace {

std::pair<unique_fd, unique_fd> socket_pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("socketpair");
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

ino_t inode_of(int fd) {
    struct stat about{};
    return ::fstat(fd, &about) == 0 ? about.st_ino : 0;
}

message with_handle(std::string words, ino_t& inode) {
    auto [near, far] = socket_pair();
    inode = inode_of(near.get());
    message m(std::move(words));
    m.handle() = std::move(near);
    return m;
}

/// Reads all, and writes down what came with which byte.
asio::awaitable<void> read_all(stream from, std::string& bytes, std::vector<std::pair<std::size_t, ino_t>>& came) {
    from.receive_descriptors();
    std::array<char, 64 << 10> room;
    while (auto const got = co_await from.read_some(room)) {
        for (unique_fd each; (each = from.take_descriptor());) came.emplace_back(bytes.size(), inode_of(each.get()));
        bytes.append(room.data(), got);
    }
}

asio::awaitable<void> descriptors_among_messages() {
    auto [ours, theirs] = socket_pair();
    channel talk(stream(std::move(ours)), framing::lines);
    std::string bytes, expected;
    std::vector<std::pair<std::size_t, ino_t>> came, sent;
    auto const loop = co_await asio::this_coro::executor;
    asio::co_spawn(loop, read_all(stream(std::move(theirs)), bytes, came), asio::detached);
    for (int i = 0; i < 300; ++i) {
        auto const text = "\"" + std::string(i % 7 == 0 ? 70'000 : 10, 'x') + "\"";
        if (i % 5 == 0) {
            ino_t inode = 0;
            auto m = with_handle(text, inode);
            sent.emplace_back(expected.size(), inode);
            co_await talk.send(std::move(m));
        } else {
            co_await talk.send(message(text));
        }
        expected += text + "\n";
    }
    EXPECT_THAT(co_await talk.close(), IsEmpty());
    while (bytes.size() < expected.size()) co_await turns(1);
    EXPECT_TRUE(bytes == expected);
    EXPECT_EQ(came.size(), sent.size());
    for (std::size_t i = 0; i < std::min(came.size(), sent.size()); ++i) {
        EXPECT_EQ(came[i].second, sent[i].second) << "in the order in which they were sent";
        EXPECT_LE(came[i].first, sent[i].first) << "a read may begin with plain bytes before it";
    }
}

TEST(handles, go_with_their_messages_in_order) { tell(descriptors_among_messages()); }

asio::awaitable<void> given_back() {
    auto [ours, theirs] = socket_pair();
    channel talk(stream(std::move(ours)), framing::lines);
    for (int i = 0; i < 20; ++i) co_await talk.send(message('"' + std::string(30'000, 'x') + '"')); // more than fits
    ino_t inode = 0;
    co_await talk.send(with_handle("\"late\"", inode));
    theirs.reset();
    auto left = co_await talk.close();
    EXPECT_FALSE(left.empty());
    if (left.empty()) co_return;
    EXPECT_EQ(left.back().text(), "\"late\"");
    EXPECT_EQ(inode_of(left.back().handle().get()), inode);
}

TEST(handles, come_back_with_what_was_not_taken) { tell(given_back()); }

asio::awaitable<void> in_many_writes() {
    auto [ours, theirs] = socket_pair();
    channel talk(stream(std::move(ours)), framing::lines);
    co_await talk.send(message("0"));
    for (int i = 0; i < 100; ++i) { // now and then more has gathered than is written at once
        message m('"' + std::string(10'000, 'x') + '"');
        EXPECT_TRUE(talk.try_send(m));
    }
    auto const left = co_await talk.close(std::chrono::milliseconds(20));
    EXPECT_GT(left.size(), 50u);
}

TEST(close, returns_when_its_patience_is_over_however_often_a_write_had_to_wait) { tell(in_many_writes()); }

asio::awaitable<void> over_memory() {
    auto [ours, theirs] = memory_pair();
    channel talk(std::move(ours), framing::lines);
    ino_t inode = 0;
    co_await talk.send(with_handle("1", inode));
    auto const flushed = co_await as_result(talk.flush());
    EXPECT_EQ(flushed ? errc{} : static_cast<errc>(flushed.error().code().value()), errc::not_supported);
}

TEST(handles, are_refused_where_the_way_carries_none) { tell(over_memory()); }

} // namespace
} // namespace parlance::testing
