// The options of Node's child_process, as docs/child-process.md says them.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gmock/gmock.h>

#include <array>
#include <limits>

namespace parlance {
namespace {

using namespace test;
using testing::HasSubstr;

TEST(node_option, cwd) {
    EXPECT_EQ(exec_sync("pwd", {.cwd = "/usr"}).out, "/usr\n");
    auto const end = exec_sync("pwd", {.cwd = "/no/such/place"});
    EXPECT_EQ(end.fault.value().code(), errc::bad_directory) << "and not ENOENT of /bin/sh";
    EXPECT_THAT(end.sentence(), HasSubstr("directory /no/such/place to start /bin/sh in"));
}

TEST(node_option, env) {
    std::vector<std::string> const only{"A=1", "B=two words"};
    EXPECT_EQ(exec_file_sync("/usr/bin/env", {}, {.env = only, .clear_env = true}).out, "A=1\nB=two words\n");
}

TEST(node_option, env_that_is_added) {
    ::setenv("PARLANCE_TEST_OURS", "ours", 1);
    std::vector<std::string> const added{"A=1", "HOME=/nowhere"};
    auto const end = exec_sync("echo $A $HOME $PARLANCE_TEST_OURS", {.env = added});
    EXPECT_EQ(end.out, "1 /nowhere ours\n");
}

TEST(node_option, env_decides_where_the_program_is_found) {
    scratch_folder const folder;
    folder.file("tool", "#!/bin/sh\necho found\n", true);
    std::array const path{"PATH=" + folder.path()};
    EXPECT_EQ(exec_file_sync("tool", {}, {.env = path}).out, "found\n");
}

TEST(node_option, argv0) {
    auto const end = exec_file_sync("/bin/sh", {"-c", "head -zn1 /proc/$$/cmdline"}, {.argv0 = "-sh"});
    EXPECT_EQ(end.out, std::string("-sh\0", 4));
}

TEST(node_option, detached) {
    auto child = spawn("sleep", {"1000"}, {.detached = true});
    auto const who = identity_of(child.pid()).value();
    EXPECT_EQ(::getsid(who.pid), who.pid) << "a session of its own";
    { auto const dropped = std::move(child); }
    EXPECT_TRUE(is_alive(who));
    ::kill(who.pid, SIGKILL);
    EXPECT_TRUE(is_gone_soon(who));
}

TEST(node_option, uid) {
    if (auto const* const why = why_no_other_user()) GTEST_SKIP() << why;
    auto const end = exec_sync("id -u; id -g; id -G", {.user = {.uid = 65534, .gid = 65533}});
    EXPECT_EQ(end.out, "65534\n65533\n65533\n") << end.sentence();
}

TEST(node_option, uid_of_another_needs_root) {
    in_a_process([] {
        if (::geteuid() == 0) {
            ASSERT_EQ(::setuid(65534), 0);
        }
        auto const end = exec_file_sync("true", {}, {.user = {.uid = 0}});
        EXPECT_EQ(end.fault.value().details().facts.at("errno").as_string(), "EPERM");
        EXPECT_THAT(end.sentence(), HasSubstr("cannot be started as that user"));
    });
}

TEST(node_option, shell) { EXPECT_EQ(exec_sync("echo ${BASH_VERSION:+bash}", {.shell = "/bin/bash"}).out, "bash\n"); }

TEST(node_option, shell_false) { EXPECT_EQ(exec_file_sync("echo", {"$HOME"}).out, "$HOME\n"); }

TEST(node_option, shell_with_arguments) {
    std::string const word = "a  b; echo $HOME";
    EXPECT_EQ(exec_sync("printf %s " + shell_quote(word)).out, word);
}

TEST(node_option, signal) {
    asio::cancellation_signal abort;
    std::optional<process_end> end;
    auto const done = [&](std::exception_ptr, process_end how) { end = std::move(how); };
    run([&]() -> asio::awaitable<void> {
        auto const loop = co_await asio::this_coro::executor;
        asio::co_spawn(loop, exec("echo begun; exec sleep 1000"), asio::bind_cancellation_slot(abort.slot(), done));
        asio::steady_timer often(loop);
        abort.emit(asio::cancellation_type::terminal);
        while (!end) {
            often.expires_after(1ms);
            co_await often.async_wait(asio::use_awaitable);
        }
    }());
    EXPECT_EQ(end->reason, end_reason::cancelled);
    EXPECT_EQ(end->signal, signal::kill);
    EXPECT_TRUE(has_no_children());
}

TEST(node_option, signal_that_another_event_gives) {
    using namespace asio::experimental::awaitable_operators;
    auto child = spawn("sleep", {"1000"});
    run([&]() -> asio::awaitable<void> {
        asio::steady_timer enough(co_await asio::this_coro::executor, 10ms);
        co_await (child.wait() || enough.async_wait(asio::use_awaitable));
        EXPECT_EQ((co_await child.wait()).reason, end_reason::cancelled);
    }());
}

TEST(node_option, timeout) {
    auto const end = exec_sync("echo begun; exec sleep 1000", {.timeout = 500ms});
    EXPECT_EQ(end.reason, end_reason::timed_out);
    EXPECT_EQ(end.signal, signal::term);
    EXPECT_EQ(end.out, "begun\n");
    EXPECT_LT(end.duration, generous);
}

TEST(node_option, timeout_that_is_not_reached) {
    auto const end = exec_sync("echo done", {.timeout = 1h});
    EXPECT_TRUE(end.ok());
    EXPECT_EQ(end.out, "done\n");
}

TEST(node_option, timeout_that_is_negative) { EXPECT_THROW(exec_sync("true", {.timeout = -1ms}), failure); }

TEST(node_option, kill_signal) {
    auto const end = exec_sync("exec sleep 1000", {.stop = {.first = signal::quit, .grace = 1min}, .timeout = 50ms});
    EXPECT_EQ(end.signal, signal::quit);
    EXPECT_EQ(end.reason, end_reason::timed_out);
    auto const at_once = exec_sync("exec sleep 1000", {.stop = {.first = signal::kill}, .timeout = 50ms});
    EXPECT_EQ(at_once.signal, signal::kill);
}

TEST(node_option, max_buffer) {
    auto const end = exec_sync("yes | head -c 5000000", {.max_buffer_bytes = 10});
    EXPECT_EQ(end.reason, end_reason::max_buffer);
    EXPECT_EQ(end.out, "y\ny\ny\ny\ny\n");
    EXPECT_EQ(end.overflowed, 1);
}

TEST(node_option, max_buffer_counts_bytes_and_cuts_bytes) {
    auto const end = exec_sync("printf '\\303\\251\\303\\251'", {.max_buffer_bytes = 3});
    EXPECT_EQ(end.out, "\xC3\xA9\xC3");
}

TEST(node_option, max_buffer_by_default) {
    EXPECT_EQ(exec_sync("head -c 1048576 /dev/zero").out.size(), 1U << 20) << "1 MiB is allowed";
    EXPECT_EQ(exec_sync("head -c 1048577 /dev/zero").reason, end_reason::max_buffer);
}

TEST(node_option, max_buffer_without_end) {
    auto const end = exec_sync("head -c 5000000 /dev/zero", {.max_buffer_bytes = std::size_t(-1)});
    EXPECT_EQ(end.out.size(), 5'000'000U);
}

TEST(node_option, encoding) {
    auto const end = exec_file_sync("printf", {R"(\377\000)"});
    EXPECT_EQ(end.out, std::string("\xFF\0", 2));
}

TEST(node_option, input) {
    EXPECT_EQ(exec_file_sync("cat", {}, {.input = "some text"}).out, "some text");
    EXPECT_EQ(exec_file_sync("cat").out, "") << "without one it is at its end";
    std::string const bytes("\0\xFF", 2);
    EXPECT_EQ(exec_file_sync("cat", {}, {.input = bytes}).out, bytes);
}

TEST(node_option, null_bytes) {
    std::string const bad("a\0b", 3);
    for (auto const& fault : {start_failure(bad), start_failure("true", {bad}), start_failure("true", {}, {.cwd = bad}),
                              start_failure("true", {}, {.argv0 = bad})})
        EXPECT_EQ(fault.code(), errc::invalid_argument) << fault.what();
    EXPECT_THROW(spawn("true", {bad}), failure);
    EXPECT_THROW(exec_sync(bad), failure);
}

TEST(node_option, empty_file) {
    EXPECT_THROW(spawn(""), failure);
    EXPECT_EQ(start_failure("").code(), errc::invalid_argument);
}

TEST(node_option, default_signals) {
    in_a_process([] {
        ::signal(SIGPIPE, SIG_IGN), ::signal(SIGTERM, SIG_IGN);
        auto const end = exec_file_sync("grep", {"^Sig[BI]", "/proc/self/status"});
        EXPECT_EQ(end.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    });
}

} // namespace
} // namespace parlance
