#pragma once
/// What a place of a pool does next with its process. Pure.

#include "base/deadline.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace parlance {

/// A process in its place, at one moment.
struct tenant {
    using time_point = std::chrono::steady_clock::time_point;
    bool ended = false;
    bool condemned = false;     ///< it is to go, or the whole pool is
    bool to_be_renewed = false; ///< `restart` came to its place
    bool proven = false;        ///< its start is known to have been good
    bool spoke = false;         ///< it sent a message
    bool idle = false;          ///< nobody has it
    bool surplus = false;       ///< more are ready than are to be kept warm
    time_point began{};         ///< it was ready
    time_point idle_since{};
    time_point checked{}; ///< last found healthy
};

struct tenant_rules {
    std::chrono::milliseconds steady_after{1000};
    std::chrono::milliseconds check_every{0}; ///< 0: never
    std::chrono::milliseconds idle_for{60'000};
};

struct tenant_step {
    enum class kind {
        wait,  ///< for news, and no longer than `until`
        bury,  ///< it ended by itself
        part,  ///< end it
        renew, ///< put another in its place
        prove, ///< its start was good
        check, ///< ask it whether it is well
    };
    kind what;
    std::optional<tenant::time_point> until{};
    bool operator==(tenant_step const&) const = default;
};

inline tenant_step next_for(tenant const& is, tenant_rules const& rules, tenant::time_point now) noexcept {
    using enum tenant_step::kind;
    if (is.ended) return {bury};
    if (is.condemned) return {part};
    if (is.to_be_renewed) return {renew};
    std::optional<tenant::time_point> until;
    auto const is_time_for = [&](tenant::time_point when) {
        if (now < when) until = std::min(until.value_or(when), when);
        return now >= when;
    };
    if (!is.proven && (is.spoke || is_time_for(point_after(is.began, rules.steady_after)))) return {prove};
    if (is.idle && is.surplus && is_time_for(point_after(is.idle_since, rules.idle_for))) return {part};
    if (is.idle && rules.check_every.count() > 0 && is_time_for(point_after(is.checked, rules.check_every)))
        return {check};
    return {wait, until};
}

} // namespace parlance
