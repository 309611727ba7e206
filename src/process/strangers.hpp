#pragma once
/// Our children that this library did not start: where this program is a child subreaper, what others left behind.

#include <sys/types.h>

#include <cstddef>
#include <shared_mutex>
#include <string_view>

namespace parlance {

/// Held while a child is started, so that nobody takes it for a stranger before it is noted.
std::shared_lock<std::shared_mutex> starting();
void note_child(pid_t);
void forget_child(pid_t) noexcept;

/// Ends and reaps every stranger, and what then comes from them, until nobody new does; but not those whose environment
/// has PARLANCE_WORKER with another value than `token`: they belong to somebody.
void end_strangers(std::string_view token) noexcept;

} // namespace parlance
