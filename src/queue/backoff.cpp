#include "queue/backoff.hpp"

#include <algorithm>

namespace parlance {

std::chrono::milliseconds backoff_delay(backoff rule, std::uint32_t failures, double chance) noexcept {
    if (failures == 0 || rule.first.count() <= 0) return std::chrono::milliseconds(0);
    auto delay = std::min(rule.first, rule.longest);
    for (std::uint32_t i = 1; i < failures && delay < rule.longest; ++i) // ends early: 63 doublings reach any `longest`
        delay = delay > rule.longest / 2 ? rule.longest : delay * 2;
    return delay -
           std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * chance / 4));
}

std::chrono::milliseconds next_due(backoff rule, attempt_history history, double chance) noexcept {
    if (history.crashed && history.crashes <= 1) return std::chrono::milliseconds(0);
    auto const free_of_charge = history.crashes > 0 ? 1U : 0U;
    auto const steps = history.attempts > free_of_charge ? history.attempts - free_of_charge : 1U;
    return backoff_delay(rule, steps, chance);
}

} // namespace parlance
