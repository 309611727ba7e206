#pragma once
/// One direction of a talk that `tap` sits in the middle of.

#include "cli/tap_log.hpp"
#include "cli/unwaiting_fd.hpp"

#include <poll.h>
#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace parlance::cli {

/// A thread that writes what it reads, at once and unchanged, and shows it to the log. No more than one read is held.
/// Each end's end is passed on to the other: when nothing more can come, `to` is closed; when nobody reads `to` any
/// more, `from` is closed, also while nothing comes. Between two Unix sockets descriptors pass as the bytes do, with
/// the first byte of the read that they came with.
class tap_way {
public:
    tap_way(tap_direction, unwaiting_fd from, unwaiting_fd to, framing, tap_log&, bool passes_handles = false);
    ~tap_way();
    tap_way(tap_way const&) = delete;
    tap_way& operator=(tap_way const&) = delete;

    /// To the program nothing more is carried. From it all that it wrote, and what somebody writes whom it left behind
    /// and who holds its output open: until that one is silent for 500 ms, but no longer than 2 s.
    void program_ended() noexcept;
    bool is_over_within(std::chrono::milliseconds);

    struct outcome {
        bool left_open = false;
        std::error_code read_fault{}, write_fault{}; ///< other than that one end was closed
    };
    /// Waits for its end.
    outcome join();

private:
    enum class what { bytes, end, nothing };
    void work();
    void carry();
    bool is_to_stop();
    bool wait(pollfd& from, pollfd& to);
    what wait_for_bytes();
    bool wait_for_room();
    bool write(std::string_view bytes);
    void show(std::size_t bytes);
    ssize_t read(std::span<char> into);
    ssize_t write_some(std::string_view bytes);

    tap_direction direction_;
    bool passes_handles_;
    unwaiting_fd from_, to_;
    tap_cutter cutter_;
    tap_log& log_;
    unique_fd ended_event_;
    std::atomic<bool> ended_ = false, abandoned_ = false;
    std::optional<ssize_t> its_own_left_; ///< when it had ended: what it had written and we had not read
    std::optional<std::chrono::steady_clock::time_point> others_until_;
    outcome outcome_;
    std::vector<piece> pieces_;
    std::vector<unique_fd> handles_;     ///< that came with the last read
    std::vector<std::string> described_; ///< the same in words

    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    std::thread worker_;
};

} // namespace parlance::cli
