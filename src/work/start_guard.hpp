#pragma once
/// When workers that cannot start stop the work. Pure.

#include <chrono>
#include <string>
#include <utility>

namespace parlance {

/// Counts workers that ended before they took a message, over all places of a crew.
class start_guard {
public:
    static constexpr unsigned most_in_a_row = 5;

    /// How long its place waits before the next start: 100 ms, doubling.
    std::chrono::milliseconds failed(std::string why) noexcept {
        last_ = std::move(why);
        if (in_a_row_ < most_in_a_row) ++in_a_row_;
        return std::chrono::milliseconds(50) * (1U << in_a_row_);
    }
    /// A worker took a message: whatever it does now is no fault of its start.
    void succeeded() noexcept { in_a_row_ = 0; }
    bool given_up() const noexcept { return in_a_row_ >= most_in_a_row; }
    std::string const& last_reason() const noexcept { return last_; }

private:
    unsigned in_a_row_ = 0;
    std::string last_;
};

} // namespace parlance
