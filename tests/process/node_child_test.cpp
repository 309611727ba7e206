// Properties, methods and events of Node's ChildProcess, as docs/child-process.md says them.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>
#include <parlance/sink.hpp>

#include <gmock/gmock.h>

#include <array>

namespace parlance {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

// ---- properties

TEST(node_child, pid) {
    auto child = spawn("sh", {"-c", "echo $$"});
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await child.out().line(), std::to_string(child.pid()));
        EXPECT_EQ((co_await child.wait()).pid, child.pid()) << "known after its end too";
    }());
    EXPECT_EQ(exec_file_sync("no-such-program").pid, -1);
}

TEST(node_child, streams) {
    auto child = spawn("sh", {"-c", "cat; echo err >&2"});
    run([&]() -> asio::awaitable<void> {
        auto& in = child.in();
        auto& out = child.out();
        auto& err = child.err();
        co_await in.write("text");
        in.close();
        EXPECT_EQ(co_await out.read_all(), "text");
        EXPECT_EQ(co_await err.read_all(), "err\n");
        EXPECT_TRUE((co_await child.wait()).ok());
    }());
}

TEST(node_child, stream_that_is_no_pipe) {
    auto child = spawn("true", {}, {.out = stdio::ignore()});
    EXPECT_FALSE(child.out().is_open());
}

TEST(node_child, exit_code_and_signal_code) {
    auto const by_itself = exec_sync("exit 7");
    EXPECT_EQ(by_itself.code, 7);
    EXPECT_EQ(by_itself.signal, std::nullopt);
    auto const by_signal = exec_sync("kill -KILL $$");
    EXPECT_EQ(by_signal.code, std::nullopt);
    EXPECT_EQ(by_signal.signal, signal::kill);
    EXPECT_EQ(by_signal.reason, end_reason::signalled) << "and not by us";
}

TEST(node_child, every_exit_code_is_told) {
    for (int code = 0; code < 256; code += 15) EXPECT_EQ(exec_sync("exit " + std::to_string(code)).code, code);
}

TEST(node_child, killed) {
    auto child = spawn("sleep", {"1000"});
    run([&]() -> asio::awaitable<void> {
        child.kill();
        auto const end = co_await child.wait();
        EXPECT_TRUE(end.reason == end_reason::stopped);
    }());
    auto untouched = spawn("sh", {"-c", "exit 3"});
    run([&]() -> asio::awaitable<void> {
        untouched.kill(static_cast<signal>(0));
        EXPECT_EQ((co_await untouched.wait()).reason, end_reason::exited) << "a question is no kill";
    }());
}

TEST(node_child, spawnargs) {
    auto child = spawn("echo", {"a b", "it's"});
    EXPECT_EQ(child.command(), "echo 'a b' 'it'\\''s'");
    EXPECT_EQ(exec_sync(child.command()).out, "a b it's\n") << "as it could be typed";
}

// ---- methods

TEST(node_child, kill) {
    auto child = spawn("sleep", {"1000"});
    run([&]() -> asio::awaitable<void> {
        EXPECT_TRUE(child.kill());
        EXPECT_EQ((co_await child.wait()).signal, signal::term);
        EXPECT_FALSE(child.kill()) << "it is gone";
    }());
}

TEST(node_child, kill_by_a_signal_of_any_number) {
    auto child = spawn("sleep", {"1000"});
    EXPECT_FALSE(child.kill(static_cast<signal>(4711))) << "there is none";
    EXPECT_TRUE(child.kill(parlance::signal(SIGWINCH)));
    EXPECT_TRUE(child.kill(signal::kill));
}

TEST(node_child, kill_zero_asks_whether_it_lives) {
    auto child = spawn("sh", {"-c", "read line"});
    EXPECT_TRUE(child.is_running());
    run([&]() -> asio::awaitable<void> { co_await child.wait(); }());
    EXPECT_FALSE(child.is_running());
}

TEST(node_child, kill_reaches_what_a_shell_started) {
    auto child = spawn("sh", {"-c", "sleep 1000 & echo $!; wait"});
    process_identity grandchild;
    run([&]() -> asio::awaitable<void> {
        grandchild = identity_in((co_await child.out().line()).value());
        child.kill(signal::term);
        co_await child.wait();
    }());
    EXPECT_TRUE(is_gone_soon(grandchild));
}

TEST(node_child, kill_that_is_not_permitted_is_false_and_no_error) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, which it gives up";
    in_a_process([] {
        auto child = spawn("sh", {"-c", "read line; exit 3"});
        auto& in = child.in();
        ASSERT_EQ(::setuid(65534), 0);
        EXPECT_FALSE(child.kill());
        run([&]() -> asio::awaitable<void> {
            co_await in.write("go\n");
            EXPECT_EQ((co_await child.wait()).code, 3);
        }());
    });
}

TEST(node_child, unref) {
    auto child = spawn("sleep", {"1000"});
    auto const who = identity_of(child.pid()).value();
    child.detach();
    { auto const dropped = std::move(child); }
    EXPECT_TRUE(is_alive(who));
    ::kill(who.pid, SIGKILL);
    EXPECT_TRUE(is_gone_soon(who));
}

TEST(node_child, dispose) {
    { auto child = spawn("sleep", {"1000"}); }
    EXPECT_TRUE(has_no_children()) << "none that runs, and no zombie";
}

// ---- events of the child

TEST(node_event, spawn) {
    auto child = spawn("sleep", {"1000"});
    auto const program_of = [](std::string const& pid) {
        return std::filesystem::read_symlink("/proc/" + pid + "/exe");
    };
    EXPECT_NE(program_of(std::to_string(child.pid())), program_of("self")) << "it runs, and is no copy of us any more";
}

TEST(node_event, error) {
    try {
        auto child = spawn("no-such-program");
        FAIL();
    } catch (failure const& fault) {
        EXPECT_EQ(fault.code(), errc::program_not_found);
    }
}

TEST(node_event, exit_and_close_that_call_back) {
    auto child = spawn("sh", {"-c", "exit 3"});
    std::optional<int> code;
    child.on_exit([&](process_end const& end) { code = end.code; });
    run([&]() -> asio::awaitable<void> { co_await child.wait(); }());
    EXPECT_EQ(code, 3);
}

TEST(node_event, exit_and_close) {
    auto child = spawn("sh", {"-c", "echo last words; exit 3"});
    run([&]() -> asio::awaitable<void> {
        auto& out = child.out();
        auto const end = co_await child.wait();
        EXPECT_EQ(end.code, 3);
        EXPECT_EQ(co_await out.read_all(), "last words\n") << "nothing that it wrote is lost";
    }());
}

TEST(node_event, close_comes_also_where_a_grandchild_holds_the_output) {
    auto child = spawn("sh", {"-c", "sleep 1000 & echo $!"}, {.drain = 50ms});
    run([&]() -> asio::awaitable<void> {
        auto const end = co_await child.collect();
        EXPECT_TRUE(end.code == 0 && !end.output_complete);
        ::kill(std::stoi(end.out), SIGKILL);
    }());
}

TEST(node_event, close_comes_where_nobody_reads) {
    auto child = spawn("sh", {"-c", "yes | head -c 300000; yes | head -c 300000 >&2"});
    run([&]() -> asio::awaitable<void> { EXPECT_TRUE((co_await child.wait()).ok()); }());
}

// ---- events and methods of its streams

TEST(node_event, data) {
    auto child = spawn("printf", {"some bytes"});
    run([&]() -> asio::awaitable<void> {
        std::string all;
        std::array<char, 4> chunk{};
        while (auto const count = co_await child.out().read_some(chunk)) all.append(chunk.data(), count);
        EXPECT_EQ(all, "some bytes");
    }());
}

TEST(node_event, data_in_lines) {
    auto child = spawn("printf", {"one\\ntwo\\nthree"});
    run([&]() -> asio::awaitable<void> {
        std::vector<std::string> lines;
        while (auto line = co_await child.out().line()) lines.push_back(*line);
        EXPECT_THAT(lines, ElementsAre("one", "two", "three"));
    }());
}

TEST(node_event, data_while_exec_collects_the_rest) {
    auto child = spawn("sh", {"-c", "echo out; echo err >&2"});
    std::vector<std::string> lines;
    child.on_line([&](std::string_view line) { lines.emplace_back(line); });
    run([&]() -> asio::awaitable<void> { EXPECT_EQ((co_await child.collect()).err, "err\n"); }());
    EXPECT_THAT(lines, ElementsAre("out"));
}

TEST(node_event, write_that_is_large_and_the_end) {
    auto child = spawn("sha1sum");
    run([&]() -> asio::awaitable<void> {
        co_await child.in().write(std::string(2 << 20, 'x'));
        child.in().close_write();
        EXPECT_THAT(co_await child.out().read_all(), testing::StartsWith("2e4eab"));
    }());
}

TEST(node_event, error_of_its_input) {
    auto child = spawn("true");
    run([&]() -> asio::awaitable<void> {
        auto& in = child.in();
        co_await child.wait();
        auto const written = co_await as_result(in.write("anybody?"));
        EXPECT_EQ(written.error().code(), errc::peer_closed);
    }());
}

TEST(node_event, destroy_of_an_output) {
    auto child = spawn("yes");
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await child.out().line(), "y");
        child.out().close();
        EXPECT_EQ((co_await child.wait()).signal, static_cast<signal>(SIGPIPE));
    }());
}

TEST(node_event, pipe_to_another_child_through_us) {
    auto words = spawn("printf", {"b\\na\\nb\\n"});
    auto sorted = spawn("sort");
    auto unique = spawn("uniq", {"-c"});
    run([&]() -> asio::awaitable<void> {
        co_await copy(words.out(), sink::to(sorted.in()));
        co_await copy(sorted.out(), sink::to(unique.in()));
        EXPECT_EQ(co_await unique.out().read_all(), "      1 a\n      2 b\n");
    }());
}

TEST(node_event, an_output_is_whole_however_the_child_ends) {
    auto const end = exec_file_sync("node", {"-e", "process.stdout.write('x'.repeat(200000)); process.exitCode = 4"});
    EXPECT_EQ(end.out.size(), 200'000U);
    EXPECT_EQ(end.code, 4);
}

} // namespace
} // namespace parlance
