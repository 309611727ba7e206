#pragma once
/// What becomes of a message after a worker had it. Pure decisions; the tables are in docs/work.md and the test.

#include <parlance/process.hpp>
#include <parlance/queue.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

struct verdict {
    enum class kind {
        done,     ///< acked
        failed,   ///< an attempt, back with the queue's back-off
        crashed,  ///< an attempt, counted apart: at once the first time, then with back-off
        later,    ///< no attempt; back with the back-off of a first failure, or after `retry_after`
        dead,     ///< never again, whatever the limit
        released, ///< never worked on: no attempt, at once
    };
    kind what = kind::done;
    std::string reason{};
    std::optional<std::chrono::milliseconds> retry_after{};
    bool operator==(verdict const&) const = default;
};

/// Exit statuses that mean something to `exec` workers.
constexpr int exit_later = 75; ///< EX_TEMPFAIL of sysexits.h
constexpr int exit_dead = 100; ///< as qmail reads its programs

/// The end of an `exec` worker.
verdict judge_end(process_end const& end);
/// The death of a `lines` worker, for the message that it was at.
verdict judge_death(process_end const& end);
/// A worker that was killed because `timeout` was over.
verdict judge_overrun(std::chrono::milliseconds timeout);

/// What a `lines` worker said: `{"id":…,"ok":true}` or `{"id":…,"ok":false,"error":…,"retry_after":5,…}`.
struct answer {
    std::string id;
    parlance::verdict verdict;
};
/// Throws failure errc::bad_frame that says what is wrong with it: no object, no id, no ok, a member of another type.
answer read_answer(json::value const& said);

/// Whether a message goes dead with this verdict. A `max_receives` of 0 is no limit.
bool goes_dead(verdict const&, std::uint32_t attempt, std::uint32_t max_receives) noexcept;

/// The verdict in the queue's words. `reason` and `err_tail` are viewed, not copied.
nack_options nack_for(verdict const&, std::string_view err_tail, std::uint32_t max_receives) noexcept;

} // namespace parlance
