#pragma once
/// A program of tests/peers/ at the other end of two pipes. For tests below process/; those above use `spawn`.

#include <parlance/stream.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

namespace parlance::testing {

/// Runs until it ends by itself; killed and reaped when dropped.
class peer {
public:
    /// Starts `command` in the directory `in_directory`.
    explicit peer(std::vector<std::string> command, char const* in_directory = PARLANCE_PEERS) {
        int to_child[2], from_child[2];
        if (::pipe2(to_child, O_CLOEXEC) != 0 || ::pipe2(from_child, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        unique_fd child_in(to_child[0]), ours_out(to_child[1]), ours_in(from_child[0]), child_out(from_child[1]);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, child_in.get(), 0);
        posix_spawn_file_actions_adddup2(&actions, child_out.get(), 1);
        posix_spawn_file_actions_addchdir_np(&actions, in_directory);
        std::vector<char*> argv;
        for (auto& each : command) argv.push_back(each.data());
        argv.push_back(nullptr);
        int const fault = ::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (fault != 0) throw std::runtime_error("cannot start " + command.front());
        bytes = stream(std::move(ours_in), std::move(ours_out));
    }
    peer(peer const&) = delete;
    peer& operator=(peer const&) = delete;
    ~peer() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

    /// Blocks until it has ended; its exit code, or 128 and its signal.
    int wait() {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    stream bytes;

private:
    pid_t pid_ = -1;
};

} // namespace parlance::testing
