#pragma once
/// How long to wait before the next attempt. Pure.

#include <algorithm>
#include <chrono>

namespace parlance {

/// Waits `first`, and twice as long after each further failure, up to `most`; where that is not more than `first`,
/// always `first`, as node-ipc does.
struct retry_waits {
    std::chrono::milliseconds first{500};
    std::chrono::milliseconds most{0};

    /// After so many failures in a row, counted from 1. `random` in [0, 1): waits that grow are shortened by up to a
    /// half of their growth, so that the clients of a server that comes back do not all come at once.
    constexpr std::chrono::milliseconds after(unsigned failures, double random) const noexcept {
        if (most <= first) return first;
        auto wait = first;
        for (unsigned i = 1; i < failures && wait < most; ++i) wait *= 2;
        wait = std::min(wait, most);
        auto const grown = static_cast<double>((wait - first).count());
        return wait - std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(grown * random / 2));
    }
};

} // namespace parlance
