// The functions of Node's child_process, as docs/child-process.md says them.
#include "support.hpp"

#include <parlance/exec.hpp>

#include <gmock/gmock.h>

namespace parlance {
namespace {

using namespace test;
using testing::HasSubstr;

std::pair<std::string, std::string> in_two(process_end const& end) { return {end.out, end.err}; }
asio::awaitable<void> rejecting() { (co_await exec("echo why >&2; exit 3")).check(); }
asio::awaitable<process_end> collected(child c) { co_return co_await c.collect(); }

TEST(node_function, spawn) {
    auto child = spawn("sh", {"-c", "echo $1; pwd", "sh", "a b"}, {.cwd = "/"});
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ(co_await child.out().read_all(), "a b\n/\n");
        EXPECT_TRUE((co_await child.wait()).ok());
    }());
}

TEST(node_function, spawn_without_options_is_as_we_are) {
    auto const end = run(collected(spawn("sh", {"-c", "pwd; env"})));
    EXPECT_THAT(end.out, testing::StartsWith(std::filesystem::current_path().string() + "\n"));
    EXPECT_THAT(end.out, HasSubstr("PATH=" + std::string(::getenv("PATH"))));
}

TEST(node_function, exec) {
    run([]() -> asio::awaitable<void> {
        auto const end = co_await exec("echo $((6 * 7)); echo oops >&2");
        EXPECT_EQ(end.out, "42\n");
        EXPECT_EQ(end.err, "oops\n");
        EXPECT_TRUE(end.ok());
    }());
}

TEST(node_function, exec_file) {
    run([]() -> asio::awaitable<void> {
        std::vector<std::string> const args{"$HOME; `id`"};
        auto const end = co_await exec_file("echo", args);
        EXPECT_EQ(end.out, "$HOME; `id`\n");
    }());
}

TEST(node_function, callback_of_exec) {
    auto const end = run(exec("echo out; echo err >&2; exit 3"));
    EXPECT_EQ(end.out, "out\n");
    EXPECT_EQ(end.err, "err\n");
    if (!end.ok()) {
        EXPECT_EQ(end.sentence().substr(0, 8), "/bin/sh ");
    }
    EXPECT_FALSE(end.ok());
}

TEST(node_function, promisified) {
    run([]() -> asio::awaitable<void> {
        auto const [out, err] = in_two((co_await exec("echo out; echo err >&2")).check());
        EXPECT_EQ(out, "out\n");
        EXPECT_EQ(err, "err\n");
        auto const got = co_await as_result(rejecting());
        EXPECT_FALSE(got);
        EXPECT_EQ(got.error().code(), errc::process_failed);
        EXPECT_EQ(got.error().details().facts.at("stderr").as_string(), "why\n");
    }());
}

TEST(node_function, child_of_a_promise) {
    auto child = spawn("sh", {"-c", "read line; echo heard $line"});
    run([&]() -> asio::awaitable<void> {
        co_await child.in().write("it\n");
        auto const end = co_await child.collect();
        EXPECT_EQ(end.out, "heard it\n");
    }());
}

TEST(node_function, fork_is_json_over_the_standard_streams) {
    scratch_folder const folder;
    folder.file("child.js", "require('readline').createInterface({input: process.stdin}).on('line', line => {\n"
                            "  console.log(JSON.stringify({heard: JSON.parse(line)})) })\n");
    auto child = spawn("node", {"child.js"}, {.cwd = folder.path()});
    run([&]() -> asio::awaitable<void> {
        auto talk = child.messages();
        json::value const hello{{"text", "hi"}};
        co_await talk.send(message(hello));
        EXPECT_EQ((co_await talk.receive())->text(), R"({"heard":{"text":"hi"}})");
        co_await talk.close();
        EXPECT_TRUE((co_await child.wait()).ok());
    }());
}

TEST(node_function, spawn_sync) {
    auto const end = spawn_sync("tr", {"a-z", "A-Z"}, {.input = "text"});
    EXPECT_EQ(end.out, "TEXT");
    EXPECT_EQ(end.code, 0);
    EXPECT_GT(end.pid, 0);
}

TEST(node_function, exec_sync) {
    auto const text = exec_sync("echo text | rev").check().out;
    EXPECT_EQ(text, "txet\n");
    EXPECT_THROW(exec_sync("exit 3").check(), failure);
}

TEST(node_function, exec_file_sync) {
    auto const text = exec_file_sync("printf", {"%s", "a*b"}).check().out;
    EXPECT_EQ(text, "a*b");
}

TEST(node_function, sync_forms_do_not_need_an_event_loop_and_may_be_called_within_one) {
    auto const inside = []() -> asio::awaitable<std::string> { co_return exec_sync("echo inside").out; };
    EXPECT_EQ(run(inside()), "inside\n");
}

} // namespace
} // namespace parlance
