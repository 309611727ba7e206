#pragma once
/// Which messages of a connection that broke may not have arrived. Pure.

#include <parlance/socket.hpp>

#include <algorithm>
#include <cstdint>

namespace parlance {

/// Counts the messages of one conversation, over all its connections. node-ipc's wire acknowledges nothing: of what was
/// written to a connection that broke, nobody knows what the peer read.
class unconfirmed_count {
public:
    /// One more was accepted: its number.
    std::uint64_t accepted() noexcept { return ++accepted_; }
    std::uint64_t last_accepted() const noexcept { return accepted_; }
    void confirm(std::uint64_t number) noexcept { confirmed_ = std::max(confirmed_, std::min(number, accepted_)); }
    /// The connection is over, and so many of those that were accepted wait to be written to the next one.
    message_range broke(std::uint64_t waiting) noexcept {
        auto const written = accepted_ - waiting;
        message_range const out{std::max(confirmed_, reported_) + 1, written};
        reported_ = std::max(reported_, written);
        return out;
    }

private:
    std::uint64_t accepted_ = 0, confirmed_ = 0, reported_ = 0;
};

} // namespace parlance
