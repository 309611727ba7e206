#pragma once
/// Our children that this library did not start: where this program is a child subreaper, what others left behind.

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <vector>

namespace parlance {

/// Held while a child is started, so that nobody takes it for a stranger before it is noted.
std::shared_lock<std::shared_mutex> starting();
void note_child(pid_t);
void forget_child(pid_t) noexcept;

struct stranger {
    pid_t pid;
    std::uint64_t start_ticks; ///< with it, nobody else is meant
    auto operator<=>(stranger const&) const = default;
};
std::vector<stranger> strangers();
/// Takes its status, where it has ended.
void reap_stranger(pid_t) noexcept;

/// Ends and reaps every stranger that `may_end`, and what then comes from them, until nobody new does. Who hangs in the
/// kernel stays behind.
void end_strangers(std::function<bool(pid_t)> const& may_end);

} // namespace parlance
