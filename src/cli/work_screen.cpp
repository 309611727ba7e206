#include "cli/work_screen.hpp"

#include <parlance/duration.hpp>

#include <cmath>
#include <cstdio>

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

work_screen::work_screen(command_line& line, std::string queue)
    : line_(line), queue_(std::move(queue)), bar_(line.err().is_terminal() && !line.json()) {}

void work_screen::wipe() {
    if (std::exchange(on_screen_, false)) line_.err().write("\r\x1b[K");
}

void work_screen::draw() {
    if (bar_ && !drawn_.empty()) line_.err().write(drawn_), on_screen_ = true;
    line_.err().flush();
}

void work_screen::finish() {
    wipe();
    line_.err().flush();
    bar_ = false;
}

void work_screen::worker_line(std::string_view worker, std::string_view text) {
    wipe();
    line_.err().line(line_.err().painted(paint::dim, std::string(worker) + " | ") + std::string(text));
    draw();
}

void work_screen::note(std::string_view sentence) {
    wipe();
    line_.err().line(line_.err().painted(paint::yellow, queue_ + ": ") + std::string(sentence));
    draw();
}

void work_screen::progress(work_summary const& so_far, std::uint64_t left) {
    if (!bar_) return;
    wipe();
    drawn_ = progress_text(so_far, left);
    draw();
}

} // namespace parlance::cli
