#pragma once
/// When the next process is started in a place whose last one ended, and when starting is given up. Pure.

#include <parlance/pool.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace parlance {

/// How long to wait after the `nth` in a row, counted from 1; nothing after none.
constexpr std::chrono::milliseconds pause_after(unsigned nth, restart_pause pauses) noexcept {
    if (nth == 0) return std::chrono::milliseconds(0);
    auto pause = std::min(pauses.first, pauses.most);
    for (unsigned n = 1; n < nth && pause.count() > 0 && pause < pauses.most; ++n)
        pause = pause > pauses.most / 2 ? pauses.most : 2 * pause;
    return pause;
}

/// Between half of it and all, by `chance` from 0 to 1, so that places which lost something in common do not come for
/// it in step.
constexpr std::chrono::milliseconds spread(std::chrono::milliseconds pause, double chance) noexcept {
    return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) * (1 + chance) / 2));
}

/// Counts processes that ended before they were of any use, over all places.
class start_guard {
public:
    /// `most_in_a_row` 0: it is never given up.
    explicit start_guard(restart_pause pauses = {}, unsigned most_in_a_row = 5) noexcept
        : pauses_(pauses), most_in_a_row_(most_in_a_row) {}

    /// Says how long its place waits before the next start.
    std::chrono::milliseconds failed(std::string why) noexcept {
        last_ = std::move(why);
        if (in_a_row_ < longest_count) ++in_a_row_;
        return pause_after(in_a_row_, pauses_);
    }
    /// One was of use: whatever it does now is no fault of its start.
    void succeeded() noexcept { in_a_row_ = 0; }
    bool given_up() const noexcept { return most_in_a_row_ != 0 && in_a_row_ >= most_in_a_row_; }
    unsigned in_a_row() const noexcept { return in_a_row_; }
    std::string const& last_reason() const noexcept { return last_; }

private:
    static constexpr unsigned longest_count = 1'000'000;
    restart_pause pauses_;
    unsigned most_in_a_row_, in_a_row_ = 0;
    std::string last_;
};

/// Counts, for one place, processes that started well and then did not live long. The first such death costs no wait:
/// it is as often the fault of what the process was asked as its own.
class death_guard {
public:
    explicit death_guard(restart_pause pauses = {},
                         std::chrono::milliseconds healthy_after = std::chrono::seconds(10)) noexcept
        : pauses_(pauses), healthy_after_(healthy_after) {}

    /// Says how long its place waits before the next start.
    std::chrono::milliseconds died(std::chrono::milliseconds lived) noexcept {
        in_a_row_ = lived < healthy_after_ ? std::min(in_a_row_ + 1, 1'000'000U) : 0;
        return pause_after(in_a_row_ > 0 ? in_a_row_ - 1 : 0, pauses_);
    }

private:
    restart_pause pauses_;
    std::chrono::milliseconds healthy_after_;
    unsigned in_a_row_ = 0;
};

} // namespace parlance
