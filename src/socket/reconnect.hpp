#pragma once
/// When a client tries again: node-ipc's counting. Pure.

#include "stream/retry_waits.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace parlance {

class reconnect_plan {
public:
    reconnect_plan(retry_waits waits, std::uint64_t max_retries) noexcept
        : waits_(waits), most_(max_retries), left_(max_retries) {}

    void connected() noexcept {
        left_ = most_;
        failures_ = 0;
    }
    /// A connection, or an attempt, is over: how long to wait until the next attempt; none: there is none.
    std::optional<std::chrono::milliseconds> ended(double random) noexcept {
        if (left_ == 0) return std::nullopt;
        if (left_ != for_ever) --left_;
        return waits_.after(++failures_, random);
    }

private:
    static constexpr std::uint64_t for_ever = UINT64_MAX;
    retry_waits waits_;
    std::uint64_t most_, left_;
    unsigned failures_ = 0;
};

} // namespace parlance
