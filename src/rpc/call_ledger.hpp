#pragma once
/// Which reply answers which call of ours. Pure: no clock, no channel; tests/rpc/call_ledger_test.cpp is its table.

#include "rpc/envelope.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace parlance {

/// What became of one call.
struct call_outcome {
    enum class kind {
        result,
        error,
        bad_reply, ///< `text` says why
        peer_gone,
        timed_out,
    };
    kind what = kind::peer_gone;
    std::string text{}; ///< the result, or the error object
    bool operator==(call_outcome const&) const = default;
};

class call_ledger {
public:
    using time_point = std::chrono::steady_clock::time_point;
    /// Calls that were sent together: their numbers are `first`, `first` + 1, …
    using group = std::uint64_t;

    /// Makes numbers for `count` calls (at least one) that go out together.
    group open(std::size_t count, time_point deadline);
    std::size_t groups() const noexcept { return groups_.size(); }

    enum class match {
        answered, ///< it was a call's, which still waits for others of its group
        complete, ///< it was the last one of its group
        late,     ///< of a call that was given up, or answered before
        not_ours,
    };
    struct settled {
        match what = match::not_ours;
        group whose = 0; ///< of `answered` and `complete`
        bool operator==(settled const&) const = default;
    };
    /// A reply came. One whose id is null tells that what we sent could not be read: it answers the one group that is
    /// open, where there is just one, and else is nobody's.
    settled settle(envelope const& reply);

    /// Whether the group may be taken: all of it is answered, or its deadline is there. An answer that came in time
    /// counts even when it is looked at late.
    bool is_over(group, time_point now) const;
    /// Takes it, with an outcome for each call in order; who has none timed out, or, once the peer is gone, is told so.
    /// `unanswered` then has the numbers of the calls that the peer still works on.
    std::vector<call_outcome> take(group, std::vector<std::uint64_t>* unanswered = nullptr);

    /// The peer sends no more; says which groups that completes.
    std::vector<group> peer_gone();

private:
    struct entry {
        time_point deadline;
        std::size_t left;
        std::vector<std::optional<call_outcome>> outcomes;
    };
    settled settle_all(envelope const& reply);

    std::map<group, entry> groups_;
    std::uint64_t next_ = 1;
    bool peer_gone_ = false;
};

} // namespace parlance
