// What people of Python's subprocess look for, as docs/child-process.md says it.
#include "support.hpp"

#include <parlance/exec.hpp>

#include <gmock/gmock.h>

#include <fcntl.h>

#include <array>

namespace parlance {
namespace {

using namespace test;

TEST(subprocess, run) {
    auto const end = exec_file_sync("sh", {"-c", "cat; exit 3"}, {.input = "text", .timeout = 1min});
    EXPECT_EQ(end.out, "text");
    EXPECT_EQ(end.code, 3);
}

TEST(subprocess, check) {
    EXPECT_THROW(exec_file_sync("false").check(), failure);
    EXPECT_EQ(exec_file_sync("echo", {"text"}).check().out, "text\n");
}

TEST(subprocess, call) { EXPECT_EQ(exec_file_sync("sh", {"-c", "exit 3"}).shell_status(), 3); }

TEST(subprocess, capture_output_false) {
    auto const end = exec_file_sync("true", {}, {.out = stdio::inherit(), .err = stdio::inherit()});
    EXPECT_EQ(end.out, "");
}

TEST(subprocess, popen) {
    auto child = spawn("sort");
    run([&]() -> asio::awaitable<void> {
        co_await child.in().write("b\na\n");
        child.in().close_write();
        auto const end = co_await child.collect();
        EXPECT_EQ(end.out, "a\nb\n");
    }());
}

TEST(subprocess, communicate) {
    std::string const much(1 << 20, 'x');
    auto child = spawn("cat", {}, {.input = much});
    run([&]() -> asio::awaitable<void> {
        auto const end = co_await child.collect();
        EXPECT_EQ(end.out, much);
        EXPECT_EQ(end.err, "");
    }());
}

TEST(subprocess, poll) {
    auto child = spawn("sh", {"-c", "read line"});
    bool const runs = child.is_running();
    EXPECT_TRUE(runs);
}

TEST(subprocess, terminate_kill_send_signal) {
    auto first = spawn("sleep", {"1000"}), second = spawn("sleep", {"1000"}), third = spawn("sleep", {"1000"});
    first.kill(signal::term);
    second.kill(signal::kill);
    third.kill(signal::usr1);
    run([&]() -> asio::awaitable<void> {
        EXPECT_EQ((co_await first.wait()).signal, signal::term);
        EXPECT_EQ((co_await second.wait()).signal, signal::kill);
        EXPECT_EQ((co_await third.wait()).signal, signal::usr1);
    }());
}

TEST(subprocess, returncode) {
    auto const end = exec_sync("kill -TERM $$");
    EXPECT_EQ(end.code, std::nullopt);
    EXPECT_EQ(end.signal, signal::term);
    EXPECT_EQ(end.shell_status(), 143) << "as a shell says it, where Python says -15";
}

TEST(subprocess, devnull_and_stdout) {
    auto const end = exec_sync("echo 1; echo 2 >&2", {.in = stdio::ignore(), .err = stdio::same_as(1)});
    EXPECT_EQ(end.out, "1\n2\n");
}

TEST(subprocess, executable) {
    auto const end = exec_file_sync("/bin/bash", {"-c", "echo $BASH $0"}, {.argv0 = "sh"});
    EXPECT_THAT(end.out, testing::EndsWith(" sh\n"));
}

TEST(subprocess, limits_instead_of_preexec_fn) {
    auto const end =
        exec_sync("ulimit -n; ulimit -c; nice", {.limits = {.open_files = 33, .core_bytes = 0}, .nice = 5});
    EXPECT_EQ(end.out, "33\n0\n5\n");
}

TEST(subprocess, close_fds) {
    unique_fd const careless(::open("/dev/null", O_RDONLY)); // not close-on-exec
    EXPECT_EQ(exec_file_sync("ls", {"/proc/self/fd"}).out, "0\n1\n2\n3\n") << "3 is what ls opened";
}

TEST(subprocess, pass_fds) {
    scratch_folder const folder;
    unique_fd const file(::open(folder.file("file", "text\n").c_str(), O_RDONLY | O_CLOEXEC));
    std::array const more{stdio::descriptor(file.get())};
    EXPECT_EQ(exec_sync("cat <&3", {.more = more}).out, "text\n");
}

TEST(subprocess, start_new_session) {
    auto const end = exec_sync("test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo own", {.detached = true});
    EXPECT_EQ(end.out, "own\n");
}

TEST(subprocess, process_group) {
    auto const script = "test $(cut -d' ' -f5 /proc/$$/stat) = $$ && echo own || echo ours";
    EXPECT_EQ(exec_sync(script).out, "own\n");
    EXPECT_EQ(exec_sync(script, {.own_group = false}).out, "ours\n");
}

TEST(subprocess, user_group_and_extra_groups) {
    if (auto const* const why = why_no_other_user()) GTEST_SKIP() << why;
    std::array<gid_t, 2> const groups{4, 24};
    auto const end = exec_sync("id -u; id -g; id -G", {.user = {.uid = 65534, .gid = 65534, .groups = groups}});
    EXPECT_EQ(end.out, "65534\n65534\n65534 4 24\n");
}

TEST(subprocess, umask) { EXPECT_EQ(exec_sync("umask", {.umask = 077}).out, "0077\n"); }

TEST(subprocess, shell) { EXPECT_EQ(exec_sync("echo $((1 + 1))").out, "2\n"); }

TEST(subprocess, timeout_expired) {
    auto const end = exec_sync("echo begun; exec sleep 1000", {.timeout = 500ms});
    EXPECT_EQ(end.reason, end_reason::timed_out);
    EXPECT_EQ(end.out, "begun\n");
}

TEST(subprocess, quote_and_join) {
    EXPECT_EQ(shell_quote("a b"), "'a b'");
    std::vector<std::string> const words{"echo", "it's"};
    EXPECT_EQ(shell_quote(words), "echo 'it'\\''s'");
}

TEST(subprocess, getstatusoutput) {
    auto const end = exec_sync("echo out; echo err >&2; exit 3", {.err = stdio::same_as(1)});
    EXPECT_EQ(end.out, "out\nerr\n");
    EXPECT_EQ(end.shell_status(), 3);
}

TEST(subprocess, with) {
    pid_t pid = 0;
    {
        auto child = spawn("sleep", {"1000"});
        pid = child.pid();
    }
    EXPECT_EQ(::kill(pid, 0), -1) << "it is gone";
}

TEST(subprocess, rusage) {
    auto const end = exec_file_sync("python3", {"-c", "x = bytearray(100_000_000)"});
    EXPECT_GT(end.used.peak_memory_bytes, 100'000'000U);
    EXPECT_GT(end.used.user_time + end.used.system_time, 1ms);
}

} // namespace
} // namespace parlance
