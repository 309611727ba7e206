// Test programs start with the signals and limits of a plain shell, whatever runs them.
#include <gtest/gtest.h>

#include <csignal>

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_DFL); // a SIGPIPE that we raise must be seen
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
