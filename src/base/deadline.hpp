#pragma once
/// From a patience to a point in time.

#include <chrono>

namespace parlance {

/// As far from now as can be said, where `patience` is longer than that.
inline std::chrono::steady_clock::time_point deadline_after(std::chrono::milliseconds patience) noexcept {
    using clock = std::chrono::steady_clock;
    auto const now = clock::now();
    auto const most = std::chrono::duration_cast<std::chrono::milliseconds>(clock::time_point::max() - now);
    return patience < most ? now + patience : clock::time_point::max();
}

} // namespace parlance
