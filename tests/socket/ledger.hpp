#pragma once
/// Who counts what arrives, in a process of its own, and who checks that nothing is missing.

#include "support.hpp"

#include <sys/wait.h>

#include <csignal>
#include <set>
#include <vector>

namespace parlance::testing {

/// A process of ours that runs `story` and writes numbers, 8 bytes each, which we read; killed when dropped.
class forked {
public:
    template <class Story> explicit forked(Story story) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        unique_fd reader(ends[0]), writer(ends[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::signal(SIGPIPE, SIG_DFL);
            run(story([fd = writer.get()](std::uint64_t number) {
                if (::write(fd, &number, sizeof number) != sizeof number) ::_exit(1);
            }));
            ::_exit(0);
        }
        heard_ = std::move(reader);
    }
    forked(forked const&) = delete;
    forked& operator=(forked const&) = delete;
    ~forked() { end(); }

    pid_t pid() const noexcept { return pid_; }
    /// The next number that it writes; none at its end.
    std::optional<std::uint64_t> next() {
        std::uint64_t number = 0;
        if (::read(heard_.get(), &number, sizeof number) != sizeof number) return std::nullopt;
        return number;
    }
    /// Kills it, and returns all that it wrote.
    std::vector<std::uint64_t> end() {
        std::vector<std::uint64_t> all;
        if (pid_ <= 0) return all;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
        while (auto const number = next()) all.push_back(*number);
        return all;
    }

private:
    pid_t pid_;
    unique_fd heard_;
};

/// What was accepted, what arrived, and what was said of the rest.
struct ledger {
    std::uint64_t accepted = 0, last_arrived = 0;
    std::set<std::uint64_t> arrived, reported;
    void note(std::vector<std::uint64_t> const& numbers) {
        for (auto const number : numbers) {
            EXPECT_GT(number, last_arrived) << "out of order, or twice";
            last_arrived = number;
            arrived.insert(number);
        }
    }
    void note(message_range const& range) {
        for (auto number = range.first; number <= range.last; ++number) reported.insert(number);
    }
    void check() const {
        for (std::uint64_t number = 1; number <= accepted; ++number)
            ASSERT_TRUE(arrived.contains(number) || reported.contains(number)) << number << " of " << accepted;
    }
};

inline asio::awaitable<void> pause_for(std::chrono::microseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace parlance::testing
