// The errors of Node's child_process, as docs/child-process.md says them: of spawn, of exec, of the blocking forms.
#include "in_a_process.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <gmock/gmock.h>

#include <sys/resource.h>

namespace parlance {
namespace {

using namespace test;
using testing::EndsWith;
using testing::HasSubstr;

/// What `check` throws.
failure thrown_by_check(process_end const& end) {
    try {
        end.check();
    } catch (failure const& fault) {
        return fault;
    }
    ADD_FAILURE() << end.sentence();
    return failure(errc::invalid_argument);
}

/// What the call throws.
failure thrown_by(std::function<void()> const& call) {
    try {
        call();
    } catch (failure const& fault) {
        return fault;
    }
    ADD_FAILURE() << "nothing was thrown";
    return failure(errc::invalid_argument);
}

TEST(node_error, program_not_found) {
    auto const fault = thrown_by([] { spawn("no-such-program"); });
    EXPECT_EQ(fault.code(), errc::program_not_found);
    EXPECT_EQ(fault.details().facts.at("errno").as_string(), "ENOENT");
    EXPECT_EQ(fault.details().facts.at("program").as_string(), "no-such-program");
    EXPECT_STREQ(fault.what(), "no-such-program: program not found: no directory of the PATH holds it");
}

TEST(node_error, program_not_found_by_exec_file) {
    auto const end = exec_file_sync("no-such-program");
    EXPECT_EQ(end.reason, end_reason::not_started);
    EXPECT_EQ(end.fault.value().code(), errc::program_not_found);
    EXPECT_EQ(end.pid, -1);
    EXPECT_EQ(end.out + end.err, "");
    EXPECT_EQ(run(exec_file("no-such-program")).sentence(), end.sentence()) << "the awaited form tells the same";
    EXPECT_EQ(thrown_by_check(end).code(), errc::program_not_found);
}

TEST(node_error, program_not_executable) {
    auto const fault = thrown_by([] { spawn("/etc/passwd"); });
    EXPECT_EQ(fault.code(), errc::program_not_executable);
    EXPECT_EQ(fault.details().facts.at("errno").as_string(), "EACCES");
    EXPECT_EQ(shell_status_of(fault), 126);
}

TEST(node_error, directory_not_found) {
    auto const fault = thrown_by([] { spawn("true", {}, {.cwd = "/no/such/place"}); });
    EXPECT_EQ(fault.code(), errc::bad_directory);
}

TEST(node_error, no_descriptors_left) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the undefined-behaviour sanitizer itself needs descriptors to look at objects";
#endif
    in_a_process([] {
        rlimit const few{.rlim_cur = 12, .rlim_max = 12};
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
        std::vector<child> all;
        auto const fault = thrown_by([&] {
            for (;;) all.push_back(spawn("cat"));
        });
        EXPECT_EQ(fault.code(), errc::cannot_start);
        EXPECT_EQ(fault.details().facts.at("errno").as_string(), "EMFILE");
        EXPECT_THAT(fault.what(), EndsWith("close descriptors or raise the limit (ulimit -n)"));
    });
}

TEST(node_error, arguments_too_long) {
    auto const fault = thrown_by([] { spawn("true", {std::string(3 << 20, 'x')}); });
    EXPECT_EQ(fault.code(), errc::cannot_start);
    EXPECT_EQ(fault.details().facts.at("errno").as_string(), "E2BIG");
    auto const end = exec_file_sync("true", {std::string(3 << 20, 'x')});
    EXPECT_EQ(end.fault.value().code(), errc::cannot_start);
}

TEST(node_error, shell_that_does_not_find_the_command) {
    auto const end = exec_sync("no-such-program");
    EXPECT_EQ(end.code, 127);
    EXPECT_EQ(end.reason, end_reason::exited) << "the shell was there";
    EXPECT_THAT(end.err, HasSubstr("no-such-program: not found"));
}

TEST(node_error, exit_code_that_is_not_0) {
    auto const end = exec_sync("echo why >&2; exit 3");
    EXPECT_EQ(end.code, 3);
    EXPECT_THAT(end.sentence(), EndsWith(": why"));
    auto const fault = thrown_by_check(end);
    EXPECT_EQ(fault.code(), errc::process_failed);
    EXPECT_EQ(fault.details().facts.at("code").as_int64(), 3);
    EXPECT_EQ(fault.details().facts.at("stderr").as_string(), "why\n");
}

TEST(node_error, killed_by_a_signal) {
    auto const end = exec_sync("kill -SEGV $$");
    EXPECT_EQ(end.reason, end_reason::signalled);
    EXPECT_EQ(name_of(end.signal.value()), "SIGSEGV");
    EXPECT_EQ(end.shell_status(), 139);
    EXPECT_EQ(thrown_by_check(end).code(), errc::process_failed);
}

TEST(node_error, timeout) {
    auto const end = exec_sync("exec sleep 1000", {.timeout = 50ms});
    EXPECT_EQ(end.reason, end_reason::timed_out);
    EXPECT_EQ(thrown_by_check(end).code(), errc::timed_out);
    EXPECT_THAT(end.sentence(), HasSubstr(" timed out and was ended by SIGTERM after "));
}

TEST(node_error, timeout_that_the_child_does_not_listen_to) {
    auto const end =
        exec_sync("trap '' TERM; while :; do sleep 1000; done", {.stop = {.grace = 50ms}, .timeout = 500ms});
    EXPECT_EQ(end.signal, signal::kill);
    EXPECT_TRUE(has_no_children());
}

TEST(node_error, max_buffer) {
    for (int const number : {1, 2}) {
        auto const end = exec_sync("yes >&" + std::to_string(number), {.max_buffer_bytes = 10});
        EXPECT_EQ(end.reason, end_reason::max_buffer);
        EXPECT_EQ(end.overflowed, number);
        EXPECT_EQ((end.out + end.err).size(), 10U) << "cut, in the blocking forms too";
        EXPECT_EQ(thrown_by_check(end).code(), errc::max_buffer);
    }
}

TEST(node_error, bad_argument) {
    std::string const bad("a\0b", 3);
    auto const fault = thrown_by([&] { exec_file_sync("echo", {bad}); });
    EXPECT_EQ(fault.code(), errc::invalid_argument);
    EXPECT_THROW(auto const never = exec_file("echo", {bad}), failure) << "by the call, before it is awaited";
}

TEST(node_error, options_that_exclude_each_other) {
    spawn_options const both{.in = stdio::ignore(), .input = "x"};
    EXPECT_EQ(thrown_by([&] { spawn("true", {}, both); }).code(), errc::invalid_argument);
}

TEST(node_error, status_that_another_part_of_the_program_took) {
    in_a_process([] {
        ::signal(SIGCHLD, SIG_IGN);
        auto const end = exec_sync("echo out; exit 3");
        EXPECT_EQ(end.reason, end_reason::status_taken);
        EXPECT_EQ(end.out, "out\n");
        EXPECT_FALSE(end.ok());
    });
}

} // namespace
} // namespace parlance
