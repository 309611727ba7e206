#pragma once
/// What people see of a `work` while it goes on.

#include "cli/command_line.hpp"

#include <parlance/work.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::cli {

/// Worker output and notes as lines on standard error; on a terminal a progress bar stays below them.
class work_screen {
public:
    work_screen(command_line& line, std::string queue);
    ~work_screen() { wipe(); }

    void worker_line(std::string_view worker, std::string_view text);
    void note(std::string_view sentence);
    /// `left`: messages still in the queue.
    void progress(work_summary const& so_far, std::uint64_t left);
    bool shows_progress() const noexcept { return bar_; }
    /// Takes the bar away: what follows is the summary.
    void finish();

private:
    void wipe();
    void draw();

    command_line& line_;
    std::string queue_, drawn_;
    bool bar_, on_screen_ = false;
};

/// `[######----]  1234 done, 2 failed, 0 dead, 345 left, 512/s`. Pure.
std::string progress_text(work_summary const& so_far, std::uint64_t left);

/// "12 done, 3 failed, 2 retried, 1 dead in 1.5s, 8 messages/s". Pure.
std::string summary_text(work_summary const& sums);

} // namespace parlance::cli
