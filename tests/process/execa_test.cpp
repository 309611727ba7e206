// What people of execa look for, as docs/child-process.md says it.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>
#include <parlance/sink.hpp>

#include <gmock/gmock.h>

#include <array>
#include <mutex>

namespace parlance {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string text_of(std::string const& path) { return exec_file_sync("cat", {path}).out; }

/// A number that is soon nobody's; whose it was is gone already, perhaps.
bool is_soon_gone(pid_t pid) {
    auto const who = identity_of(pid);
    return !who || is_gone_soon(*who);
}

TEST(execa, call) {
    auto const end = exec_file_sync("echo", {"unicorns"}).check();
    EXPECT_EQ(end.out, "unicorns\n");
}

TEST(execa, template_string) {
    std::string const name = "it's; $(id)";
    EXPECT_EQ(exec_sync("echo " + shell_quote(name) + " | tr -d ';'").check().out, "it's $(id)\n");
}

TEST(execa, all) {
    auto const end = exec_file_sync("sh", {"-c", "echo 1; echo 2 >&2; echo 3"}, {.err = stdio::same_as(1)});
    EXPECT_EQ(end.out, "1\n2\n3\n");
}

TEST(execa, pipe) {
    auto first = spawn("printf", {"b\\na\\n"});
    auto second = spawn("sort", {}, {.in = stdio::output_of(first)});
    run([&]() -> asio::awaitable<void> {
        auto const ends = co_await finish(first, second);
        EXPECT_EQ(ends.check(), "a\nb\n");
        EXPECT_TRUE(ends.parts[0].ok()) << "pipedFrom";
    }());
}

TEST(execa, pipe_fails_where_the_source_does) {
    auto first = spawn("sh", {"-c", "echo x; exit 3"});
    auto second = spawn("cat", {}, {.in = stdio::output_of(first)});
    run([&]() -> asio::awaitable<void> {
        auto const ends = co_await finish(first, second);
        EXPECT_EQ(ends.verdict().code, 3);
        EXPECT_THROW(ends.check(), failure);
    }());
}

TEST(execa, lines) {
    auto child = spawn("printf", {"one\\ntwo\\n"});
    run([&]() -> asio::awaitable<void> {
        std::vector<std::string> lines;
        while (auto line = co_await child.out().line()) lines.push_back(*line);
        EXPECT_THAT(lines, ElementsAre("one", "two"));
    }());
}

TEST(execa, several_targets) {
    scratch_folder const folder;
    auto const path = folder.path() + "/log";
    auto child = spawn("echo", {"text"});
    std::string text, heard;
    run([&]() -> asio::awaitable<void> {
        co_await copy(child.out(), sink::file(path), sink::memory(text),
                      sink::call([&](std::string_view bytes) { heard += bytes; }));
        EXPECT_TRUE((co_await child.wait()).ok());
    }());
    EXPECT_EQ(text_of(path) + text + heard, "text\ntext\ntext\n");
}

TEST(execa, output_shown_and_kept) {
    auto child = spawn("echo", {"shown"});
    std::string text;
    testing::internal::CaptureStdout();
    run([&]() -> asio::awaitable<void> { co_await copy(child.out(), sink::standard_output(), sink::memory(text)); }());
    EXPECT_EQ(testing::internal::GetCapturedStdout(), text);
    EXPECT_EQ(text, "shown\n");
}

TEST(execa, transform) {
    auto child = spawn("printf", {"1\\n2\\n"});
    int sum = 0;
    run([&]() -> asio::awaitable<void> {
        co_await copy(child.out(), sink::lines([&](std::string_view line) { sum += std::stoi(std::string(line)); }));
    }());
    EXPECT_EQ(sum, 3);
}

TEST(execa, input_file_and_output_file) {
    scratch_folder const folder;
    auto const in = folder.file("in", "text\n"), out = folder.path() + "/out";
    exec_file_sync("cat", {}, {.in = stdio::read(in), .out = stdio::write(out)}).check();
    EXPECT_EQ(text_of(out), "text\n");
}

TEST(execa, input_in_pieces) {
    auto child = spawn("cat");
    run([&]() -> asio::awaitable<void> {
        co_await child.in().write("both ");
        co_await child.in().write("pieces");
        child.in().close_write();
        EXPECT_EQ((co_await child.collect()).out, "both pieces");
    }());
}

TEST(execa, buffer_false) {
    auto child = spawn("sh", {"-c", "yes | head -c 3000000; echo last words >&2"});
    run([&]() -> asio::awaitable<void> {
        auto const end = co_await child.wait();
        EXPECT_EQ(end.out, "");
        EXPECT_EQ(end.err_tail, "last words\n");
    }());
}

TEST(execa, max_buffer_of_one_output) {
    auto child = spawn("sh", {"-c", "yes | head -c 100000"});
    std::string text;
    run([&]() -> asio::awaitable<void> {
        auto const copied = co_await as_result(copy(child.out(), sink::memory(text).at_most(1000)));
        EXPECT_EQ(copied.error().code(), errc::max_buffer);
    }());
    EXPECT_EQ(text.size(), 1000U);
}

TEST(execa, reject_false) {
    auto const end = exec_sync("exit 3");
    EXPECT_FALSE(end.ok());
    EXPECT_THROW(end.check(), failure);
}

TEST(execa, cleanup) {
    scratch_folder const folder;
    in_a_process([&] { // it ends without a word: no destructor is called
        auto child = spawn("sleep", {"1000"}, {.ends_with_parent = true});
        folder.file("pid", std::to_string(child.pid()));
        auto const* const never_destroyed = new auto(std::move(child));
        static_cast<void>(never_destroyed);
    });
    EXPECT_TRUE(is_soon_gone(std::stoi(text_of(folder.path() + "/pid"))));
}

TEST(execa, force_kill_after_delay) {
    auto child = spawn("sh", {"-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"});
    run([&]() -> asio::awaitable<void> {
        co_await child.out().line();
        auto const end = co_await child.stop({.first = signal::term, .grace = 50ms});
        EXPECT_EQ(end.signal, signal::kill);
    }());
}

TEST(execa, force_kill_after_delay_of_a_timeout) {
    auto const end =
        exec_sync("trap '' TERM; while :; do sleep 1000; done", {.stop = {.grace = 50ms}, .timeout = 500ms});
    EXPECT_EQ(end.reason, end_reason::timed_out);
    EXPECT_EQ(end.signal, signal::kill);
}

TEST(execa, verbose) {
    std::mutex mutex;
    std::vector<std::string> told;
    on_every_command([&](command_event const& event) {
        std::lock_guard const lock(mutex);
        told.push_back(event.end ? event.end->sentence() : std::string(event.command));
    });
    exec_file_sync("echo", {"a b"});
    on_every_command(nullptr);
    EXPECT_THAT(told, ElementsAre("echo 'a b'", StartsWith("echo 'a b' exited with 0 after ")));
}

TEST(execa, fields_of_the_command) {
    auto const end = exec_file_sync("echo", {"a b"});
    EXPECT_EQ(end.command, "echo 'a b'");
    EXPECT_GE(end.duration, 0ms);
}

TEST(execa, fields_of_the_end) {
    auto const end = exec_sync("exit 3");
    EXPECT_EQ(end.code, 3);
    EXPECT_FALSE(end.signal);
    EXPECT_FALSE(end.ok());
}

TEST(execa, signal_description) { EXPECT_EQ(name_of(exec_sync("kill -ABRT $$").signal.value()), "SIGABRT"); }

TEST(execa, fields_that_are_one_reason) {
    EXPECT_EQ(exec_sync("exec sleep 1000", {.timeout = 20ms}).reason, end_reason::timed_out);
    EXPECT_EQ(exec_sync("yes", {.max_buffer_bytes = 10}).reason, end_reason::max_buffer);
    EXPECT_EQ(exec_sync("kill -TERM $$").reason, end_reason::signalled);
    EXPECT_EQ(exec_file_sync("no-such-program").reason, end_reason::not_started);
    auto child = spawn("sleep", {"1000"});
    run([&]() -> asio::awaitable<void> { EXPECT_EQ((co_await child.stop()).reason, end_reason::stopped); }());
}

TEST(execa, messages_of_an_error) {
    auto const end = exec_sync("echo why >&2; exit 3");
    EXPECT_THAT(end.sentence(), StartsWith("/bin/sh -c 'echo why >&2; exit 3' exited with 3 after "));
    EXPECT_THAT(end.sentence(), EndsWith(": why"));
}

TEST(execa, fields_of_the_other_descriptors) {
    std::array const more{stdio::pipe()};
    auto const end = exec_sync("echo three >&3", {.more = more});
    EXPECT_EQ(end.more[0], "three\n");
}

TEST(execa, extend_env) {
    std::vector<std::string> const env{"A=1"};
    EXPECT_EQ(exec_file_sync("/usr/bin/env", {}, {.env = env, .clear_env = true}).out, "A=1\n");
    EXPECT_THAT(exec_file_sync("/usr/bin/env", {}, {.env = env}).out, HasSubstr("PATH="));
}

TEST(execa, prefer_local) {
    scratch_folder const folder;
    folder.file("tool", "#!/bin/sh\necho local\n", true);
    std::vector<std::string> const env{"PATH=" + folder.path() + ":" + ::getenv("PATH")};
    EXPECT_EQ(exec_file_sync("tool", {}, {.env = env}).out, "local\n");
}

TEST(execa, strip_final_newline) {
    auto child = spawn("echo", {"text"});
    run([&]() -> asio::awaitable<void> { EXPECT_EQ(co_await child.out().line(), "text"); }());
}

TEST(execa, ipc) {
    auto child = spawn("cat");
    run([&]() -> asio::awaitable<void> {
        auto talk = child.messages();
        json::value const hello{{"text", "hi"}};
        co_await talk.send(message(hello));
        EXPECT_EQ((co_await talk.receive())->text(), R"({"text":"hi"})");
    }());
}

} // namespace
} // namespace parlance
