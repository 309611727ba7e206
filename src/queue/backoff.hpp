#pragma once
/// When a message that was not done is due again. Pure.

#include <parlance/queue.hpp>

namespace parlance {

/// What is known of a message when an attempt at it has ended badly, that attempt included.
struct attempt_history {
    std::uint32_t attempts; ///< charged ones
    std::uint32_t crashes;  ///< of these: the consumer died
    bool crashed;           ///< the last one was a crash
};

/// How long the message waits. The first crash costs nothing: it is as often the machine's fault as the message's,
/// and another worker may have it at once. From the second crash on it backs off; a failure does from the first.
std::chrono::milliseconds next_due(backoff, attempt_history, double chance) noexcept;

} // namespace parlance
