#pragma once
// A folder for what a benchmark writes, and the end of everything it leaves.

#include "support/processes.hpp"

#include <parlance/process.hpp>

#include <filesystem>
#include <string>
#include <system_error>

namespace bench {

/// A new folder in `directory`. When this program has ended, in whatever way (an error, Ctrl-C, SIGKILL), every process
/// that it started since then, and what those started, is ended, and then the folder is removed: a small process of its
/// own session waits for that. Make it first of all, before there are threads.
class scratch {
public:
    explicit scratch(std::filesystem::path const& directory) {
        auto path = (std::filesystem::absolute(directory) / "parlance-bench-XXXXXX").string();
        if (!::mkdtemp(path.data())) {
            std::perror(path.c_str());
            std::exit(1);
        }
        path_ = path;
        // what is started from now on begins with this in its environment, and is found by it
        auto const token = path_.filename().string() + "-" + std::to_string(::getpid());
        ::setenv("PARLANCE_WORKER", token.c_str(), 1);
        auto const alive = make_pipe();
        caretaker_ = ::fork();
        if (caretaker_ == 0) {
            ::setsid();
            ::close(alive.write);
            char nothing = 0;
            (void)!::read(alive.read, &nothing, 1);
            parlance::kill_by_token(token);
            std::error_code ignored;
            std::filesystem::remove_all(path_, ignored);
            ::_exit(ignored ? 1 : 0);
        }
        ::close(alive.read);
        alive_ = alive.write;
    }
    scratch(scratch const&) = delete;
    ~scratch() {
        ::close(alive_);
        finish(caretaker_);
    }

    /// The path of something in it, which is not there now.
    std::string fresh(std::string const& name) const {
        std::filesystem::remove_all(path_ / name);
        return (path_ / name).string();
    }
    std::string fresh_directory(std::string const& name) const {
        auto const path = fresh(name);
        std::filesystem::create_directory(path);
        return path;
    }

private:
    std::filesystem::path path_;
    int alive_ = -1;
    pid_t caretaker_ = -1;
};

} // namespace bench
