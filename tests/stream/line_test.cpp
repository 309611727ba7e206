#include "support/loop.hpp"

#include <parlance/channel.hpp>
#include <parlance/error.hpp>
#include <parlance/run.hpp>
#include <parlance/stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>

#include <string>
#include <vector>

namespace parlance {
namespace {

using namespace std::string_view_literals;
using lines = std::vector<std::string>;

/// Writes each piece when the one before it was read.
asio::awaitable<void> say(stream& to, std::vector<std::string> pieces) {
    for (auto const& piece : pieces) {
        co_await to.write(piece);
        co_await testing::turns();
    }
    to.close_write();
}

asio::awaitable<lines> all_lines(stream& from, std::string_view delimiter = "\n", std::size_t limit_bytes = 100) {
    lines all;
    for (;;) {
        try {
            auto line = co_await from.line({.delimiter = delimiter, .limit_bytes = limit_bytes});
            if (!line) co_return all;
            all.push_back(*line);
        } catch (failure const& fault) {
            if (fault.code() != errc::message_too_large) throw;
            all.emplace_back("too large!");
        }
    }
}

asio::awaitable<lines> hear(std::vector<std::string> pieces, std::string_view delimiter) {
    auto [near, far] = memory_pair();
    asio::co_spawn(co_await asio::this_coro::executor, say(far, std::move(pieces)), asio::detached);
    auto all = co_await all_lines(near, delimiter);
    EXPECT_EQ(co_await near.line(), std::nullopt) << "the end is said again";
    co_return all;
}

TEST(line, is_whole_however_it_comes) {
    EXPECT_EQ(run(hear({"one\ntwo\n", "th", "ree", "\n", "\nlast"}, "\n")), (lines{"one", "two", "three", "", "last"}));
    EXPECT_EQ(run(hear({"one\r", "\ntwo\nstill two\r\n"}, "\r\n")), (lines{"one", "two\nstill two"}));
    EXPECT_EQ(run(hear({"a--E", "ND--b--END-", "-"}, "--END--")), (lines{"a", "b"}));
    EXPECT_EQ(run(hear({std::string("a\0b\0", 4)}, "\0"sv)), (lines{"a", "b"}));
    EXPECT_EQ(run(hear({}, "\n")), lines{});
}

TEST(line, over_the_limit_is_told_once_and_skipped) {
    std::string const large(101, 'x'), exact(100, 'x');
    EXPECT_EQ(run(hear({large, large, large + "\nnext\n" + exact + "\n" + large}, "\n")),
              (lines{"too large!", "next", exact, "too large!"}));
}

TEST(line, without_a_delimiter_is_refused) {
    stream nothing;
    try {
        (void)nothing.line({.delimiter = ""});
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::invalid_argument);
    }
    EXPECT_EQ(run(nothing.line()), std::nullopt);
}

/// Two pipes' ends where our own threads are none: everything is there before it is read.
stream holding(std::string_view bytes) {
    int fds[2];
    EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    unique_fd const writer(fds[1]);
    EXPECT_EQ(::write(writer.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    return {unique_fd(fds[0]), unique_fd()};
}

asio::awaitable<void> mix(stream from) {
    EXPECT_EQ(co_await from.line(), "one");
    char few[3];
    EXPECT_EQ(co_await from.read_some(few), 3u);
    EXPECT_EQ(std::string_view(few, 3), "two");
    EXPECT_EQ(co_await from.line(), " and a half");
    EXPECT_EQ(co_await from.line({.delimiter = ";"}), "three\nfour");
    EXPECT_EQ(co_await from.read_all(), "five\nsix");
    EXPECT_EQ(co_await from.line(), std::nullopt);
}

TEST(line, leaves_what_it_read_ahead_to_every_other_way_of_reading) {
    run(mix(holding("one\ntwo and a half\nthree\nfour;five\nsix")));
}

asio::awaitable<void> head_then_messages(stream from) {
    EXPECT_EQ(co_await from.line(), "hello");
    channel messages(std::move(from), framing::lines);
    auto const first = co_await messages.receive();
    auto const second = co_await messages.receive();
    if (!first || !second) throw std::runtime_error("a message is missing");
    EXPECT_EQ(first->text(), "1");
    EXPECT_EQ(second->text(), "2");
    EXPECT_EQ(co_await messages.receive(), std::nullopt);
}

TEST(line, leaves_what_it_read_ahead_to_a_channel) { run(head_then_messages(holding("hello\n1\n2\n"))); }

asio::awaitable<void> skip_by_hand(stream from) {
    try {
        co_await from.line({.limit_bytes = 4});
        ADD_FAILURE() << "five bytes are more than four";
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::message_too_large);
    }
    EXPECT_EQ(co_await from.read_all(), "next\n");
}

TEST(line, that_was_too_large_is_gone_with_its_delimiter_where_that_was_read) {
    run(skip_by_hand(holding("12345\nnext\n")));
}

TEST(line, cancelled_has_taken_nothing) {
    asio::io_context loop(1); // outlives the streams that are bound to it
    auto [near, far] = memory_pair();
    asio::cancellation_signal stop;
    std::exception_ptr ended;
    asio::co_spawn(loop, far.write("half a "), asio::detached);
    asio::co_spawn(loop, near.line(),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](std::exception_ptr thrown, std::optional<std::string>) { ended = thrown; }));
    loop.poll();
    stop.emit(asio::cancellation_type::terminal);
    loop.poll();
    EXPECT_TRUE(ended) << "it was cancelled";

    std::optional<std::string> line;
    asio::co_spawn(loop, far.write("line\n"), asio::detached);
    asio::co_spawn(loop, near.line(), [&](std::exception_ptr, std::optional<std::string> got) { line = got; });
    loop.restart();
    loop.run_for(std::chrono::minutes(1));
    EXPECT_EQ(line, "half a line");
}

asio::awaitable<std::size_t> count_lines(stream from) {
    std::size_t count = 0;
    while (auto line = co_await from.line()) count += *line == "short";
    co_return count;
}

asio::awaitable<std::size_t> write_and_count(int number) {
    int fds[2];
    EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
    stream to{unique_fd(), unique_fd(fds[1])};
    std::vector<std::string> text(1);
    for (int i = 0; i < number; ++i) text[0] += "short\n";
    asio::co_spawn(co_await asio::this_coro::executor, say(to, std::move(text)), asio::detached);
    co_return co_await count_lines(stream(unique_fd(fds[0]), unique_fd()));
}

TEST(line, of_very_many_short_ones) { EXPECT_EQ(run(write_and_count(500'000)), 500'000u); }

} // namespace
} // namespace parlance
