#pragma once
/// What people see of a `work` while it goes on.

#include "cli/background_output.hpp"

#include <parlance/work.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace parlance::cli {

/// Worker output and notes as lines on standard error; with a bar (on a terminal) that shows the progress below them.
/// Nothing of it waits for whoever reads.
class work_screen {
public:
    work_screen(output& err, std::string queue, bool with_bar, boost::asio::any_io_executor loop)
        : err_(err), behind_(err, std::move(loop)), queue_(std::move(queue)), bar_(with_bar) {}

    /// `hear` is told that lines come faster than they are read (true), and that there is room again (false).
    void when_much_waits(std::function<void(bool)> hear) { behind_.when_much_waits(std::move(hear)); }
    void worker_line(std::string_view worker, std::string_view text);
    void note(std::string_view sentence);
    /// `left`: messages still in the queue.
    void progress(work_summary const& so_far, std::uint64_t left);
    bool shows_progress() const noexcept { return bar_; }
    /// Takes the bar away, and waits until all is written: what follows is the summary.
    void finish();
    /// False where that takes longer than `limit`.
    bool finish_within(std::chrono::milliseconds limit);

private:
    void show(std::string const& line);

    output& err_; ///< to paint; `behind_` writes
    background_output behind_;
    std::string queue_, drawn_;
    bool bar_, on_screen_ = false;
};

/// `[######----]  1234 done, 2 failed, 0 dead, 345 left, 512/s`. Pure.
std::string progress_text(work_summary const& so_far, std::uint64_t left);

/// "12 done, 3 failed, 2 retried, 1 dead in 1.5s, 8 messages/s". Pure.
std::string summary_text(work_summary const& sums);

} // namespace parlance::cli
