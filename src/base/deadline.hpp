#pragma once
/// From a patience to a point in time.

#include <chrono>

namespace parlance {

/// The farthest point in time that can be said, where `patience` is longer than that.
constexpr std::chrono::steady_clock::time_point point_after(std::chrono::steady_clock::time_point since,
                                                            std::chrono::milliseconds patience) noexcept {
    constexpr auto last = std::chrono::steady_clock::time_point::max();
    auto const most = std::chrono::duration_cast<std::chrono::milliseconds>(last - since);
    return patience < most ? since + patience : last;
}

inline std::chrono::steady_clock::time_point deadline_after(std::chrono::milliseconds patience) noexcept {
    return point_after(std::chrono::steady_clock::now(), patience);
}

} // namespace parlance
