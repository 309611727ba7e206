#include "cli/work_screen.hpp"

#include "cli/printable.hpp"

#include <parlance/duration.hpp>

#include <cstdio>
#include <utility>

namespace parlance::cli {
namespace {

constexpr std::size_t bar_width = 24;

std::string rate_text(double rate) {
    char text[32];
    std::snprintf(text, sizeof text, rate < 10 ? "%.1f" : "%.0f", rate);
    return text;
}

} // namespace

std::string progress_text(work_summary const& so_far, std::uint64_t left) {
    auto const through = so_far.done + so_far.dead;
    auto const all = through + left;
    auto const filled = all == 0 ? bar_width : static_cast<std::size_t>(bar_width * through / all);
    return "[" + std::string(filled, '#') + std::string(bar_width - filled, '-') + "]  " + std::to_string(so_far.done) +
           " done, " + std::to_string(so_far.failed) + " failed, " + std::to_string(so_far.dead) + " dead, " +
           std::to_string(left) + " left, " + rate_text(so_far.rate()) + "/s";
}

std::string summary_text(work_summary const& sums) {
    return std::to_string(sums.done) + " done, " + std::to_string(sums.failed) + " failed, " +
           std::to_string(sums.retried) + " retried, " + std::to_string(sums.dead) + " dead in " +
           format_duration(sums.duration) + ", " + rate_text(sums.rate()) + " messages/s";
}

/// The line, if any, in place of the bar, and the bar below it.
void work_screen::show(std::string const& line) {
    std::string text = std::exchange(on_screen_, false) ? "\r\x1b[K" : "";
    text += line;
    if (bar_ && !drawn_.empty()) text += drawn_, on_screen_ = true;
    if (!text.empty()) behind_.write(std::move(text));
}

void work_screen::worker_line(std::string_view worker, std::string_view text) {
    auto const shown = err_.is_terminal() ? printable(text) : std::string(text);
    show(err_.painted(paint::dim, std::string(worker) + " | ") + shown + "\n");
}

void work_screen::note(std::string_view sentence) {
    auto const shown = err_.is_terminal() ? printable(sentence) : std::string(sentence);
    show(err_.painted(paint::yellow, queue_ + ": ") + shown + "\n");
}

void work_screen::progress(work_summary const& so_far, std::uint64_t left) {
    if (!bar_ || !behind_.is_idle()) return; // a screen that stands still needs no more bars
    drawn_ = progress_text(so_far, left);
    show("");
}

void work_screen::finish() {
    bar_ = false;
    show("");
    behind_.finish();
}

bool work_screen::finish_within(std::chrono::milliseconds limit) {
    bar_ = false;
    show("");
    return behind_.finish_within(limit);
}

} // namespace parlance::cli
