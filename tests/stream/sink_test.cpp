#include "support/loop.hpp"
#include "support/test_folder.hpp"

#include <parlance/error.hpp>
#include <parlance/run.hpp>
#include <parlance/sink.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace parlance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using scratch = test_folder;

std::string content(std::string const& path) {
    std::ostringstream all;
    all << std::ifstream(path).rdbuf();
    return all.str();
}

std::string many_bytes(std::size_t size = 3'000'000) {
    std::string bytes(size, 'x');
    for (std::size_t i = 0; i < bytes.size(); i += 7) bytes[i] = static_cast<char>('a' + i % 26);
    return bytes;
}

struct pipe_ends {
    unique_fd read, write;
};
pipe_ends new_pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    return {unique_fd(fds[0]), unique_fd(fds[1])};
}

asio::awaitable<void> say(stream to, std::string bytes) { co_await to.write(std::move(bytes)); }

/// The stream of somebody who says `bytes` and ends.
asio::awaitable<stream> saying(std::string bytes) {
    auto ends = new_pipe();
    stream to(unique_fd(), std::move(ends.write));
    asio::co_spawn(co_await asio::this_coro::executor, say(std::move(to), std::move(bytes)), asio::detached);
    co_return stream(std::move(ends.read), unique_fd());
}

asio::awaitable<void> hear(stream& from, std::string& into) { into = co_await from.read_all(); }

/// Hears `from` in the background, to its end.
class listener {
public:
    explicit listener(stream from) : from_(std::move(from)) {}
    asio::awaitable<void> begin() {
        asio::co_spawn(co_await asio::this_coro::executor, hear(from_, heard_),
                       [this](std::exception_ptr) { done_ = true; });
    }
    asio::awaitable<std::string> heard() {
        while (!done_) co_await testing::turns(1);
        co_return heard_;
    }

private:
    stream from_;
    std::string heard_;
    bool done_ = false;
};

TEST(copy, gives_the_same_to_every_kind_of_sink) {
    static constexpr auto story = [](scratch const& folder, std::string bytes) -> asio::awaitable<void> {
        auto from = co_await saying(bytes);
        auto to_descriptor = new_pipe(), to_stream = new_pipe();
        listener of_descriptor(stream(std::move(to_descriptor.read), unique_fd()));
        listener of_stream(stream(std::move(to_stream.read), unique_fd()));
        stream other(unique_fd(), std::move(to_stream.write));
        co_await of_descriptor.begin();
        co_await of_stream.begin();
        std::string text = "before ", called;
        EXPECT_EQ(co_await copy(from, sink::file(folder.path("made")), sink::append(folder.path("was there")),
                                sink::memory(text), sink::descriptor(to_descriptor.write.get()), sink::to(other),
                                sink::call([&called](std::string_view part) { called += part; })),
                  bytes.size());
        EXPECT_EQ(::fcntl(to_descriptor.write.get(), F_GETFL) & O_NONBLOCK, 0) << "it is the caller's";
        to_descriptor.write.reset();
        EXPECT_TRUE(content(folder.path("made")) == bytes);
        EXPECT_TRUE(content(folder.path("was there")) == "before " + bytes);
        EXPECT_TRUE(text == "before " + bytes);
        EXPECT_TRUE(called == bytes);
        EXPECT_TRUE(co_await of_descriptor.heard() == bytes);
        EXPECT_TRUE(co_await of_stream.heard() == bytes) << "its end is seen while `other` lives";
    };
    scratch const folder;
    std::ofstream(folder.path("made")) << "this is not there any more";
    std::ofstream(folder.path("was there")) << "before ";
    testing::tell(story(folder, many_bytes()));
}

/// Our standard output is a pipe for a while.
class caught_output {
public:
    caught_output() : before_(::fcntl(1, F_DUPFD_CLOEXEC, 3)), ends_(new_pipe()) { ::dup2(ends_.write.get(), 1); }
    caught_output(caught_output const&) = delete;
    ~caught_output() { end(); }
    std::string end() {
        if (before_) ::dup2(before_.get(), 1);
        before_.reset();
        ends_.write.reset();
        return run(stream(std::move(ends_.read), unique_fd()).read_all());
    }

private:
    unique_fd before_;
    pipe_ends ends_;
};

TEST(copy, writes_to_our_standard_output_and_leaves_it_blocking) {
    static constexpr auto story = []() -> asio::awaitable<int> {
        auto from = co_await saying("hello");
        co_await copy(from, sink::standard_output());
        co_return ::fcntl(1, F_GETFL) & O_NONBLOCK;
    };
    caught_output output;
    auto const flag = run(story());
    EXPECT_EQ(output.end(), "hello");
    EXPECT_EQ(flag, 0);
}

TEST(copy, hands_on_lines_however_they_come) {
    static constexpr auto story = [](std::vector<std::string>& lines) -> asio::awaitable<void> {
        auto [near, far] = memory_pair(3); // reads bring three bytes at most
        asio::co_spawn(co_await asio::this_coro::executor, say(std::move(far), "one--two----three-3-"), asio::detached);
        co_await copy(near,
                      sink::lines([&lines](std::string_view line) { lines.emplace_back(line); }, {.delimiter = "--"}));
    };
    std::vector<std::string> lines;
    testing::tell(story(lines));
    EXPECT_THAT(lines, ElementsAre("one", "two", "", "three-3-"));
}

TEST(copy, fails_where_a_line_is_too_long_and_the_others_have_it) {
    static constexpr auto story = [](std::string& text, std::vector<std::string>& lines) -> asio::awaitable<void> {
        auto from = co_await saying("1\n12345\n2\n");
        auto const keep = [&lines](std::string_view line) { lines.emplace_back(line); };
        co_await copy(from, sink::lines(keep, {.limit_bytes = 4}), sink::memory(text));
    };
    std::string text;
    std::vector<std::string> lines;
    try {
        testing::tell(story(text, lines));
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::message_too_large);
    }
    EXPECT_EQ(text, "1\n12345\n2\n");
    EXPECT_THAT(lines, ElementsAre("1"));
}

struct limited {
    std::string first, second;
    std::optional<failure> fault{};
};
asio::awaitable<limited> with_at_most(std::size_t limit) {
    limited got;
    auto from = co_await saying("0123456789");
    try {
        co_await copy(from, sink::memory(got.first).at_most(limit), sink::memory(got.second));
    } catch (failure const& fault) {
        got.fault = fault;
    }
    co_return got;
}

TEST(copy, keeps_exactly_the_most_that_a_sink_may_have) {
    auto const all = run(with_at_most(10));
    EXPECT_FALSE(all.fault);
    EXPECT_EQ(all.first, "0123456789");
    for (auto const limit : {9u, 5u, 0u}) {
        auto const part = run(with_at_most(limit));
        EXPECT_EQ(part.first, std::string("0123456789").substr(0, limit));
        EXPECT_EQ(part.second, "0123456789") << "the other has what was read";
        ASSERT_TRUE(part.fault);
        EXPECT_EQ(part.fault->code(), errc::max_buffer);
        EXPECT_THAT(part.fault->what(), AllOf(HasSubstr("memory"), HasSubstr(std::to_string(limit) + " bytes")));
    }
}

TEST(copy, names_the_sink_whose_disk_is_full_when_the_others_have_theirs) {
    static constexpr auto story = [](std::string& text) -> asio::awaitable<void> {
        auto from = co_await saying("hello");
        co_await copy(from, sink::file("/dev/full"), sink::memory(text));
    };
    std::string text;
    try {
        testing::tell(story(text));
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), boost::system::errc::no_space_on_device);
        EXPECT_THAT(fault.what(), HasSubstr("/dev/full"));
    }
    EXPECT_EQ(text, "hello");
}

TEST(copy, throws_what_a_function_throws_when_the_others_have_theirs) {
    static constexpr auto story = [](std::string& text) -> asio::awaitable<void> {
        auto from = co_await saying("hello");
        co_await copy(from, sink::call([](std::string_view) { throw std::out_of_range("mine"); }), sink::memory(text));
    };
    std::string text;
    EXPECT_THROW(testing::tell(story(text)), std::out_of_range);
    EXPECT_EQ(text, "hello");
}

TEST(sink, of_a_file_that_cannot_be_made_is_refused_at_once) {
    try {
        sink::file("/nowhere/at all");
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), boost::system::errc::no_such_file_or_directory);
        EXPECT_THAT(fault.what(), HasSubstr("/nowhere/at all"));
    }
    EXPECT_THROW(sink::lines([](std::string_view) {}, {.delimiter = ""}), failure);
}

TEST(sink, of_a_named_pipe_that_nobody_reads_is_refused_and_does_not_wait) {
    scratch const folder;
    auto const path = folder.path("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    try {
        sink::file(path);
        FAIL();
    } catch (failure const& fault) {
        EXPECT_THAT(fault.what(), AllOf(HasSubstr(path), HasSubstr("nobody reads")));
    }
}

TEST(sink, of_our_named_pipe_whose_reader_is_gone_does_not_wait_for_the_next) {
    scratch const folder;
    auto const path = folder.path("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    unique_fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    unique_fd const ours(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    reader.reset();
    auto [from, to] = memory_pair();
    struct conversation {
        static asio::awaitable<std::uint64_t> with(stream& source, stream& other_end, int fd) {
            co_await other_end.write("a");
            other_end.close_write();
            co_return co_await copy(source, sink::descriptor(fd));
        }
    };
    EXPECT_EQ(run(conversation::with(from, to, ours.get())), 1U);
}

TEST(copy, goes_on_without_a_sink_whose_reader_is_gone) {
    static constexpr auto story = [](std::string& text, std::string bytes) -> asio::awaitable<void> {
        auto from = co_await saying(bytes);
        auto gone = new_pipe();
        gone.read.reset();
        EXPECT_EQ(co_await copy(from, sink::descriptor(gone.write.get()), sink::memory(text)), bytes.size());
    };
    std::string text;
    auto const bytes = many_bytes();
    testing::tell(story(text, bytes));
    EXPECT_TRUE(text == bytes);
}

TEST(copy, ends_when_no_reader_is_left_and_the_rest_can_be_read) {
    static constexpr auto story = [](std::string bytes) -> asio::awaitable<void> {
        auto from = co_await saying(bytes);
        auto [near, far] = memory_pair();
        far = stream();
        auto const copied = co_await copy(from, sink::to(near));
        auto const rest = co_await from.read_all();
        EXPECT_TRUE(rest == bytes.substr(copied));
        EXPECT_FALSE(rest.empty());
    };
    testing::tell(story(many_bytes()));
}

TEST(copy, leaves_a_stream_open_where_more_is_to_come) {
    static constexpr auto story = []() -> asio::awaitable<std::string> {
        auto [near, far] = memory_pair();
        auto first = co_await saying("one ");
        co_await copy(first, sink::to(near).stays_open());
        auto second = co_await saying("two");
        co_await copy(second, sink::to(near));
        co_return co_await far.read_all();
    };
    EXPECT_EQ(run(story()), "one two");
}

TEST(copy, to_a_stream_that_was_closed_is_refused_before_anything_is_read) {
    static constexpr auto story = []() -> asio::awaitable<void> {
        auto [near, far] = memory_pair();
        auto first = co_await saying("one"), second = co_await saying("two");
        co_await copy(first, sink::to(near));
        auto const again = co_await as_result(copy(second, sink::to(near)));
        EXPECT_EQ(again ? boost::system::error_code() : again.error().code(), errc::channel_closed);
        EXPECT_EQ(co_await second.read_all(), "two");
        EXPECT_EQ(co_await far.read_all(), "one");
    };
    testing::tell(story());
}

asio::awaitable<std::string> exactly(stream& from, std::size_t count) {
    std::string all(count, 0);
    std::size_t got = 0;
    while (got < count) got += co_await from.read_some(std::span(all).subspan(got));
    co_return all;
}

asio::awaitable<void> one_after_the_other(stream& first, stream& second, std::size_t count, std::string& heard) {
    heard = co_await exactly(first, count);
    heard += co_await exactly(second, count);
}

/// Four times what fits into either is read at once, and who reads one reads the other only after it.
asio::awaitable<std::string> to_two_that_wait(bool in_the_order_of_reading) {
    auto [a, reads_a] = memory_pair(1000);
    auto [b, reads_b] = memory_pair(1000);
    std::string heard;
    auto& first = in_the_order_of_reading ? reads_a : reads_b;
    auto& second = in_the_order_of_reading ? reads_b : reads_a;
    auto from = co_await saying(std::string(4000, 'x'));
    asio::co_spawn(co_await asio::this_coro::executor, one_after_the_other(first, second, 4000, heard), asio::detached);
    co_await copy(from, sink::to(a), sink::to(b));
    while (heard.size() < 8000) co_await testing::turns(1);
    co_return heard;
}

TEST(copy, to_two_slow_readers_writes_side_by_side) {
    static constexpr auto story = [](bool in_the_order_of_reading) -> asio::awaitable<void> {
        EXPECT_EQ(co_await to_two_that_wait(in_the_order_of_reading), std::string(8000, 'x'));
    };
    testing::tell(story(true));
    testing::tell(story(false));
}

asio::awaitable<void> copy_to_both(stream& from, stream& a, stream& b) {
    co_await copy(from, sink::to(a), sink::to(b));
}

TEST(copy, cancelled_while_its_sinks_wait_ends_at_once) {
    asio::io_context loop(1); // outlives the streams that are bound to it
    auto [from, source] = memory_pair();
    auto [a, reads_a] = memory_pair(1000);
    auto [b, reads_b] = memory_pair(1000);
    asio::cancellation_signal stop;
    std::exception_ptr ended;
    asio::co_spawn(loop, source.write(std::string(4000, 'x')), asio::detached);
    asio::co_spawn(loop, copy_to_both(from, a, b),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr thrown) { ended = thrown; }));
    loop.poll();
    EXPECT_FALSE(ended);
    stop.emit(asio::cancellation_type::terminal);
    loop.restart();
    loop.run_for(std::chrono::minutes(1));
    ASSERT_TRUE(ended);
    try {
        std::rethrow_exception(ended);
    } catch (boost::system::system_error const& fault) {
        EXPECT_EQ(fault.code(), asio::error::operation_aborted);
    }
}

} // namespace
} // namespace parlance
