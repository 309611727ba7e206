#pragma once
/// What a queue is set to, every value known. The defaults are rsmq's, and CLI.md's for what rsmq does not have.

#include <parlance/queue.hpp>

namespace parlance {

struct queue_settings {
    std::chrono::seconds vt{30};
    std::chrono::seconds delay{0};
    std::int64_t maxsize = 65536;
    std::uint32_t max_receives = 0;
    std::string dead_letter{}; ///< empty: NAME--dead
    parlance::backoff backoff{};
    bool paused = false;
    bool operator==(queue_settings const&) const = default;
};

} // namespace parlance
