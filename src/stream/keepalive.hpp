#pragma once
/// When the system asks a silent TCP peer whether it is still there. Pure, but for `keep_alive`.

#include <algorithm>
#include <chrono>

namespace parlance {

/// The system's three numbers, in its seconds: silent for `idle`, then asked `count` times, `interval` apart.
struct keepalive_plan {
    int idle, interval, count;
    constexpr int found_after() const noexcept { return idle + interval * count; }
    bool operator==(keepalive_plan const&) const = default;
};

/// The plan that finds a dead peer within `patience`, as far as whole seconds allow: two at the least.
constexpr keepalive_plan plan_keepalive(std::chrono::milliseconds patience) noexcept {
    constexpr std::chrono::milliseconds a_day = std::chrono::hours(24);
    auto const seconds = static_cast<int>(std::clamp(patience, std::chrono::milliseconds(2000), a_day).count() / 1000);
    int const idle = seconds / 2;
    int const rest = seconds - idle;
    int const count = std::min(rest, 3);
    return {idle, rest / count, count};
}

/// Tells the system. A patience of 0 changes nothing.
void keep_alive(int tcp_socket, std::chrono::milliseconds patience) noexcept;

} // namespace parlance
