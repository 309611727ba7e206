// Each value of Node's option `stdio`, as docs/child-process.md says it.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>
#include <parlance/sink.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>

#include <array>

namespace parlance {
namespace {

using namespace test;

std::string text_of(std::string const& path) { return exec_file_sync("cat", {path}).out; }

/// What `story` writes to our standard output and error.
std::string said_by_us(std::function<void()> const& story) {
    scratch_folder const folder;
    auto const path = folder.file("said", "");
    in_a_process([&] {
        unique_fd const said(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
        unique_fd const kept(::dup(1));
        ::dup2(said.get(), 1), ::dup2(said.get(), 2);
        story();
        ::dup2(kept.get(), 1), ::dup2(kept.get(), 2);
    });
    return text_of(path);
}

TEST(node_stdio, pipe) {
    auto child = spawn("cat", {}, {.in = stdio::pipe(), .out = stdio::pipe(), .err = stdio::pipe()});
    run([&]() -> asio::awaitable<void> {
        co_await child.in().write("through\n");
        child.in().close();
        EXPECT_EQ(co_await child.out().read_all(), "through\n");
        EXPECT_TRUE((co_await child.wait()).ok());
    }());
}

TEST(node_stdio, pipe_can_be_opened_again_and_blocks_at_the_other_end) {
    EXPECT_EQ(exec_sync("echo again > /dev/stdout").out, "again\n");
    auto const script = "import os; print(os.get_blocking(0), os.get_blocking(1), os.get_blocking(2))";
    EXPECT_EQ(exec_file_sync("python3", {"-c", script}).out, "True True True\n");
}

TEST(node_stdio, ignore) {
    auto child =
        spawn("sh", {"-c", "readlink /proc/$$/fd/0; echo lost >&2"}, {.in = stdio::ignore(), .err = stdio::ignore()});
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await child.out().read_all(), "/dev/null\n");
        EXPECT_EQ((co_await child.wait()).err_tail, "");
    }());
}

TEST(node_stdio, inherit) {
    auto const said = said_by_us([] {
        auto const end = exec_sync("echo out; echo err >&2",
                                   {.in = stdio::inherit(), .out = stdio::inherit(), .err = stdio::inherit()});
        EXPECT_TRUE(end.ok());
        EXPECT_EQ(end.out + end.err, "");
    });
    EXPECT_EQ(said, "out\nerr\n");
}

TEST(node_stdio, a_number) {
    scratch_folder const folder;
    auto const path = folder.file("log", "");
    unique_fd const log(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_TRUE(exec_sync("echo text", {.out = stdio::descriptor(log.get())}).ok());
    EXPECT_EQ(text_of(path), "text\n");
    EXPECT_EQ(::fcntl(log.get(), F_GETFD), FD_CLOEXEC) << "it stays ours";
}

TEST(node_stdio, a_number_that_is_not_open) {
    for (int const number : {-1, 987}) {
        EXPECT_THROW(spawn("true", {}, {.out = stdio::descriptor(number)}), failure) << number;
        auto const fault = start_failure("true", {}, {.out = stdio::descriptor(number)});
        EXPECT_EQ(fault.code(), errc::invalid_argument) << number;
    }
}

TEST(node_stdio, one_and_two_crossed) {
    auto const said = said_by_us([] {
        auto const end = exec_sync("echo out; echo err >&2", {.err = stdio::descriptor(1)});
        EXPECT_EQ(end.out, "out\n");
    });
    EXPECT_EQ(said, "err\n");
}

TEST(node_stdio, a_stream_of_another_child) {
    auto first = spawn("printf", {"b\\na\\n"});
    auto second = spawn("sort", {}, {.in = stdio::output_of(first)});
    run([&]() -> asio::awaitable<void> { EXPECT_EQ((co_await finish(first, second)).check(), "a\nb\n"); }());
}

TEST(node_stdio, a_stream_that_was_read_cannot_be_given_away) {
    auto first = spawn("echo", {"x"});
    first.out();
    EXPECT_THROW(stdio::output_of(first), failure) << "what was read ahead would be lost";
}

TEST(node_stdio, several_children_into_one) {
    auto all = spawn("cat");
    auto one = spawn("echo", {"one"});
    auto two = spawn("echo", {"two"});
    run([&]() -> asio::awaitable<void> {
        co_await copy(one.out(), sink::to(all.in()).stays_open());
        co_await copy(two.out(), sink::to(all.in()));
        EXPECT_EQ(co_await all.out().read_all(), "one\ntwo\n");
        EXPECT_TRUE((co_await all.wait()).ok());
    }());
}

TEST(node_stdio, a_file) {
    scratch_folder const folder;
    auto const in = folder.file("in", "b\na\n"), out = folder.path() + "/out";
    EXPECT_TRUE(spawn_sync("sort", {}, {.in = stdio::read(in), .out = stdio::write(out)}).ok());
    EXPECT_TRUE(spawn_sync("echo", {"c"}, {.out = stdio::append(out)}).ok());
    EXPECT_EQ(text_of(out), "a\nb\nc\n");
}

TEST(node_stdio, nothing_said) {
    auto child = spawn("sh", {"-c", "cat; echo err >&2; exec ls /proc/self/fd"});
    run([&]() -> asio::awaitable<void> {
        auto const end = co_await child.collect();
        EXPECT_EQ(end.out, "0\n1\n2\n3\n") << "three pipes, and what ls itself opened";
        EXPECT_EQ(end.err, "err\n");
    }());
}

TEST(node_stdio, more_than_three) {
    std::array const more{stdio::pipe(), stdio::ignore()};
    auto child = spawn("sh", {"-c", "head -n 1 <&3 >&3; readlink /proc/$$/fd/4"}, {.more = more});
    run([&]() -> asio::awaitable<void> {
        co_await child.at(3).write("both ways\n");
        EXPECT_EQ(co_await child.at(3).line(), "both ways");
        EXPECT_EQ((co_await child.collect()).out, "/dev/null\n");
    }());
}

TEST(node_stdio, ipc_is_a_channel_at_any_descriptor) {
    std::array const more{stdio::pipe()};
    auto child = spawn("sh", {"-c", "read line <&3; echo \"[$line]\" >&3"}, {.more = more});
    run([&]() -> asio::awaitable<void> {
        auto talk = child.messages_at(3);
        json::value const one(1);
        co_await talk.send(message(one));
        EXPECT_EQ((co_await talk.receive())->text(), "[1]");
    }());
}

TEST(node_stdio, merged) {
    auto const end = exec_sync("echo 1; echo 2 >&2; echo 3", {.err = stdio::same_as(1)});
    EXPECT_EQ(end.out, "1\n2\n3\n") << "in the order in which it was written";
}

TEST(node_stdio, input_of_a_descriptor) {
    std::array const more{stdio::pipe()};
    auto child = spawn("sh", {"-c", "cat <&3"}, {.more = more});
    run([&]() -> asio::awaitable<void> {
        co_await child.at(3).write("for three");
        child.at(3).close_write();
        EXPECT_EQ((co_await child.collect()).out, "for three");
    }());
}

TEST(node_stdio, errors_of_a_blocking_form_shown_as_they_come) {
    auto const said = said_by_us([] {
        auto const end = exec_sync("echo out; echo err >&2", {.err = stdio::inherit()});
        EXPECT_EQ(end.out, "out\n");
    });
    EXPECT_EQ(said, "err\n");
}

} // namespace
} // namespace parlance
