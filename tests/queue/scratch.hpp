#pragma once
/// What the tests of queues share: a store in a folder that goes away, a clock that is turned by hand, children.

#include "queue/lmdb_store/directory_store.hpp"
#include "queue/store_access.hpp"
#include "support/test_folder.hpp"

#include <parlance/queue.hpp>
#include <parlance/run.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

namespace parlance::testing {

using namespace std::chrono_literals;

/// A new folder, removed at the end.
class scratch_folder {
public:
    std::string path(std::string const& name = "store") const { return folder_.path(name); }

private:
    test_folder folder_;
};

/// Stands still until it is turned.
struct hand_clock final : lmdb_store::clock {
    std::atomic<std::uint64_t> wall_micros{1'700'000'000'000'000}, boot_ms{1'000'000};
    lmdb_store::moment now() const noexcept override { return {wall_micros, boot_ms}; }
    void advance(std::chrono::milliseconds by) {
        wall_micros += static_cast<std::uint64_t>(by.count()) * 1000;
        boot_ms += static_cast<std::uint64_t>(by.count());
    }
};

/// A store on a hand clock, `fast` unless said.
class hand_store {
public:
    explicit hand_store(durability mode = durability::fast, std::string boot = "boot-1") {
        open(mode, std::move(boot));
    }
    void open(durability mode = durability::fast, std::string boot = "boot-1") {
        store_ = parlance::store();
        lmdb_store::open_options options;
        options.clock = &clock;
        options.boot_id = std::move(boot);
        store_ = store_access::wrap(folder.path(), lmdb_store::directory_store::open(folder.path(), mode, options));
    }
    parlance::queue queue(std::string_view name = "jobs", queue_options options = {}) {
        auto q = store_.queue(name);
        run(q.ensure(options));
        return q;
    }
    parlance::store const& store() const { return store_; }

    scratch_folder folder;
    hand_clock clock;

private:
    parlance::store store_;
};

/// The code of the failure that a call throws; success where it throws none.
template <class Call> boost::system::error_code code_of(Call call) {
    try {
        call();
    } catch (boost::system::system_error const& fault) {
        return fault.code();
    }
    return {};
}
template <class Call> std::string text_of(Call call) {
    try {
        call();
    } catch (failure const& fault) {
        return fault.message();
    }
    return {};
}

/// A child made by fork, before this process opened any store. Its work answers with its exit status.
class child_process {
public:
    template <class Work> explicit child_process(Work work) : pid_(::fork()) {
        if (pid_ != 0) return;
        { // `run` keeps a loop for each thread; ours would share its epoll with the parent's
            detail::loop_turn turn;
            turn.loop().notify_fork(asio::execution_context::fork_child);
        }
        int status = 99;
        try {
            status = work();
        } catch (std::exception const& fault) {
            std::fprintf(stderr, "child: %s\n", fault.what());
        }
        ::_exit(status);
    }
    child_process(child_process const&) = delete;
    child_process(child_process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    ~child_process() {
        if (pid_ > 0) kill(), wait();
    }
    void kill(int signal = SIGKILL) const { ::kill(pid_, signal); }
    pid_t pid() const { return pid_; }
    /// Its exit status, or minus the signal that ended it.
    int wait() {
        int status = 0;
        ::waitpid(std::exchange(pid_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    pid_t pid_;
};

inline auto take(queue const& q, receive_options options = {}) { return run(q.receive(options)); }

inline std::vector<std::string> texts(std::vector<delivery> const& got) {
    std::vector<std::string> all;
    all.reserve(got.size());
    for (auto const& d : got) all.push_back(d.text());
    return all;
}

/// One byte from one process to another: "I am there".
class signpost {
public:
    signpost() {
        if (::pipe(ends_) != 0) throw std::runtime_error("pipe");
    }
    signpost(signpost const&) = delete;
    ~signpost() { ::close(ends_[0]), ::close(ends_[1]); }
    void reached() const { static_cast<void>(!::write(ends_[1], "x", 1)); }
    void await() const {
        char byte;
        static_cast<void>(!::read(ends_[0], &byte, 1));
    }

private:
    int ends_[2];
};

} // namespace parlance::testing
