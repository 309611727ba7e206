// What a child may do and use.
#include "in_a_process.hpp"
#include "process/launch_limits.hpp"
#include "process/start_failure.hpp"
#include "support.hpp"

#include <parlance/exec.hpp>

#include <gmock/gmock.h>

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>

namespace parlance {
namespace {

using namespace test;

/// What a shell with these options prints.
std::string shell_says(char const* script, spawn_options const& options) {
    auto const end = exec_sync(script, options);
    EXPECT_TRUE(end.ok()) << end.sentence();
    return end.out;
}

TEST(limits, are_those_of_the_child_and_of_what_it_starts) {
    resource_limits const limits{.memory_bytes = 1 << 30,
                                 .cpu_time = 7s,
                                 .file_bytes = 1 << 20,
                                 .open_files = 33,
                                 .processes = 4000,
                                 .core_bytes = 0};
    auto const asked = "sh -c 'ulimit -v; ulimit -t; ulimit -f; ulimit -n; ulimit -c; ulimit -H -n'";
    EXPECT_EQ(shell_says(asked, {.limits = limits}), "1048576\n7\n2048\n33\n0\n33\n");
    EXPECT_EQ(shell_says("ulimit -u", {.shell = "/bin/bash", .limits = limits}), "4000\n");
}

TEST(limits, end_a_program_that_computes_for_too_long) {
    auto const end = exec_sync("while :; do :; done", {.limits = {.cpu_time = 1s}});
    EXPECT_EQ(end.reason, end_reason::signalled);
    EXPECT_EQ(end.signal, static_cast<signal>(SIGXCPU));
    EXPECT_GE(end.used.user_time + end.used.system_time, 500ms);
}

TEST(limits, make_an_allocation_beyond_them_fail) {
    auto const end =
        exec_file_sync("python3", {"-c", "x = bytearray(500_000_000)"}, {.limits = {.memory_bytes = 256 << 20}});
    EXPECT_EQ(end.code, 1);
    EXPECT_THAT(end.sentence(), testing::EndsWith("MemoryError"));
}

TEST(limits, that_the_system_refuses_are_an_error_that_says_so) {
    constexpr struct {
        launch_step step;
        int error;
        char const* sentence;
    } refusals[] = {
        {launch_step::limits, EPERM,
         "run it: cannot be started with these limits: Operation not permitted: a limit above our own hard limit needs "
         "the rights of root"},
        {launch_step::nice, EACCES, "run it: cannot be started with that niceness: Permission denied"},
        {launch_step::user, EPERM,
         "run it: cannot be started as that user: Operation not permitted: this needs the rights of root"},
    };
    for (auto const& each : refusals) {
        try {
            throw_start_failure({-1, -1, each.error, each.step}, "run", "run it", {}, {});
        } catch (failure const& fault) {
            EXPECT_EQ(fault.code(), errc::cannot_start);
            EXPECT_STREQ(fault.what(), each.sentence);
        }
    }
}

TEST(nice, is_that_of_the_child) {
    EXPECT_EQ(shell_says("nice", {.nice = 7}), "7\n");
    EXPECT_EQ(exec_sync("true", {.nice = 0}).reason, end_reason::exited);
}

TEST(umask, is_that_of_the_child_alone) {
    auto const before = ::umask(022);
    EXPECT_EQ(shell_says("umask", {.umask = 077}), "0077\n");
    EXPECT_EQ(::umask(before), 022U);
}

TEST(no_new_privs, holds_for_the_child_and_not_for_us) {
    auto const asked = "sh -c 'grep NoNewPrivs /proc/self/status'";
    EXPECT_EQ(shell_says(asked, {.no_new_privs = true}), "NoNewPrivs:\t1\n");
    EXPECT_EQ(shell_says(asked, {}), "NoNewPrivs:\t0\n");
}

TEST(user, has_the_groups_that_were_named_and_no_others) {
    std::array<gid_t, 2> const groups{4, 24};
    spawn_options const options{.user = {.uid = 65534, .gid = 65534, .groups = groups}};
    if (::geteuid() != 0) { // who is not root may not
        EXPECT_EQ(start_failure("id", {}, options).code(), errc::cannot_start);
        return;
    }
    if (auto const* const why = why_no_other_user()) GTEST_SKIP() << why;
    EXPECT_EQ(shell_says("id -u; id -g; id -G", options), "65534\n65534\n65534 4 24\n");
    EXPECT_EQ(shell_says("id -G", {.user = {.uid = 65534, .gid = 65534}}), "65534\n");
}

TEST(launch_limits, are_soft_and_hard) {
    auto const limits = launch_limits({.cpu_time = 5s, .open_files = 9});
    ASSERT_EQ(limits.size(), 2U);
    EXPECT_EQ(limits[0].resource, RLIMIT_NOFILE);
    EXPECT_THAT(limits[0].soft_and_hard, testing::ElementsAre(9, 9));
    EXPECT_EQ(limits[1].resource, RLIMIT_CPU);
    EXPECT_THAT(limits[1].soft_and_hard, testing::ElementsAre(5, 6)) << "between SIGXCPU and SIGKILL there is a second";
    EXPECT_TRUE(launch_limits({}).empty());
}

/// Of this thread.
void give_up_capability(unsigned which) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct sets[2]{};
    ASSERT_EQ(::syscall(SYS_capget, &header, sets), 0);
    sets[0].effective &= ~(1U << which);
    ASSERT_EQ(::syscall(SYS_capset, &header, sets), 0);
}

TEST(user, never_keeps_our_groups_where_they_cannot_be_given_up) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs the rights of root";
    in_a_process([] {
        give_up_capability(CAP_SETGID);
        auto const other = exec_file_sync("id", {"-G"}, {.user = {.uid = 65534}});
        ASSERT_TRUE(other.fault) << other.out;
        EXPECT_EQ(other.fault->details().facts.at("errno"), "EPERM");
        EXPECT_TRUE(exec_file_sync("id", {"-G"}, {.user = {.uid = 0}}).ok()) << "who it is anyway";
    });
}

} // namespace
} // namespace parlance
