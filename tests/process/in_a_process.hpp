#pragma once
/// For tests that change what belongs to the whole process: signals, limits, who reaps.

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <thread>

namespace parlance::test {

/// Runs `story` in a process of its own, in a thread of its own (so that the event loop of ours is not shared), and
/// fails where an expectation in it does, where it throws, and where it hangs.
inline void in_a_process(std::function<void()> const& story) {
    std::fflush(nullptr);
    pid_t const pid = ::fork();
    if (pid == 0) {
        ::alarm(100); // a story that hangs is ended by SIGALRM
        std::thread([&] {
            try {
                story();
            } catch (std::exception const& fault) {
                ADD_FAILURE() << "threw " << fault.what();
            }
        }).join();
        std::fflush(nullptr);
        ::_exit(testing::Test::HasFailure() ? 1 : 0);
    }
    ASSERT_GT(pid, 0);
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    EXPECT_TRUE(!WIFEXITED(status) || WEXITSTATUS(status) == 0) << "see the faults above";
}

} // namespace parlance::test
