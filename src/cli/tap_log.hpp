#pragma once
/// Where `tap` shows what passed, beside the talk: whoever reads it slowly, or not at all, does not hold it up.

#include "cli/tap_record.hpp"
#include "cli/unwaiting_fd.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace parlance::cli {

/// A thread of its own judges, words and writes the records, in the order in which they were added. 16 MiB may wait.
/// What comes when so much waits is left out, and how much that was is said in its place. A file of a disk is waited
/// for as long as it takes something every second.
class tap_log {
public:
    struct manner {
        framing frames = framing::lines;
        bool json = false;
    };
    /// `paints` is the output that `to` is.
    tap_log(unwaiting_fd to, output const& paints, manner);
    ~tap_log();
    tap_log(tap_log const&) = delete;
    tap_log& operator=(tap_log const&) = delete;

    /// Counts what passed and takes what it was. Never waits, and wakes nobody: see `wake`.
    void add(tap_direction, std::size_t bytes, std::span<piece const>, std::chrono::system_clock::time_point);
    /// What was added is to be shown. Apart from `add`, so that the bytes need not wait for the waking.
    void wake() noexcept { changed_.notify_all(); }
    /// Holds up a talk that goes faster than a file takes it; else returns at once.
    void wait_for_room();

    enum class ending {
        shown,       ///< all but what was left out
        given_up,    ///< nobody takes the rest
        stands_still ///< in a call of the system that does not return: the program can only be left by _exit
    };
    /// Shows the summary, whose sums it fills in, and ends.
    ending finish(tap_summary&);
    /// Why something could not be written; 0: nothing of that kind.
    int fault() const noexcept { return fault_; }

private:
    using steady = std::chrono::steady_clock;
    void work();
    void show(std::vector<tap_record>& batch);
    void say_what_is_left_out();
    void show_summary();
    void put_records();
    std::string_view put(std::string_view text);
    bool wait_until_writable();
    void moved();
    tap_look look() const;

    // The thread's own.
    unwaiting_fd to_;
    output const& paints_;
    manner manner_;
    std::chrono::system_clock::time_point last_shown_ = std::chrono::system_clock::now();
    std::string text_;         ///< lines of records, to be written next
    bool cut_line_ = false;    ///< the last thing that was written is the beginning of a line
    bool gone_ = false;        ///< nobody takes anything any more
    std::uint64_t unsaid_ = 0; ///< records left out, of which nothing was said yet
    std::array<tap_sums, 2> judged_{};

    std::atomic<int> fault_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<tap_record> waiting_;
    std::size_t waiting_bytes_ = 0;
    std::uint64_t left_out_ = 0;       ///< since the writer last took what was waiting
    std::uint64_t lost_ = 0;           ///< all that were left out
    std::array<tap_sums, 2> passed_{}; ///< all bytes; of the records only what is left out, which nobody judges
    std::uint64_t moves_ = 0;          ///< grows when something was written
    bool stalled_ = false;             ///< nothing moved for as long as a file is waited for
    bool finishing_ = false, finished_ = false;
    steady::time_point last_move_ = steady::now();
    tap_summary* summary_ = nullptr;
    std::thread writer_;
};

} // namespace parlance::cli
