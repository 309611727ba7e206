#include "rpc/call_ledger.hpp"

namespace parlance {
namespace {

call_outcome outcome_of(envelope const& reply) {
    switch (reply.kind) {
    case envelope_kind::result: return {call_outcome::kind::result, std::string(reply.body)};
    case envelope_kind::error: return {call_outcome::kind::error, std::string(reply.body)};
    default: return {call_outcome::kind::bad_reply, std::string(reply.reason)};
    }
}

} // namespace

call_ledger::group call_ledger::open(std::size_t count, time_point deadline) {
    auto const first = next_;
    next_ += count;
    groups_.emplace(first, entry{deadline, count, std::vector<std::optional<call_outcome>>(count)});
    return first;
}

call_ledger::settled call_ledger::settle(envelope const& reply) {
    if (reply.id == "null") return reply.kind == envelope_kind::error ? settle_all(reply) : settled{};
    auto const number = call_number(reply.id);
    if (number == 0 || number >= next_) return {};
    auto found = groups_.upper_bound(number);
    if (found == groups_.begin()) return {match::late, 0};
    auto& [first, calls] = *--found;
    if (number - first >= calls.outcomes.size()) return {match::late, 0};
    auto& place = calls.outcomes[number - first];
    if (place) return {match::late, 0};
    place = outcome_of(reply);
    return {--calls.left == 0 ? match::complete : match::answered, first};
}

call_ledger::settled call_ledger::settle_all(envelope const& reply) {
    if (groups_.size() != 1) return {};
    auto& [first, calls] = *groups_.begin();
    for (auto& each : calls.outcomes)
        if (!each) each = outcome_of(reply);
    calls.left = 0;
    return {match::complete, first};
}

bool call_ledger::is_over(group which, time_point now) const {
    auto const& calls = groups_.at(which);
    return calls.left == 0 || peer_gone_ || now >= calls.deadline;
}

std::vector<call_outcome> call_ledger::take(group which, std::vector<std::uint64_t>* unanswered) {
    auto taken = groups_.extract(which);
    std::vector<call_outcome> all;
    auto number = which;
    for (auto& each : taken.mapped().outcomes) {
        if (!each && !peer_gone_ && unanswered) unanswered->push_back(number);
        if (!each) each = {peer_gone_ ? call_outcome::kind::peer_gone : call_outcome::kind::timed_out, {}};
        all.push_back(std::move(*each));
        ++number;
    }
    return all;
}

std::vector<call_ledger::group> call_ledger::peer_gone() {
    peer_gone_ = true;
    std::vector<group> completed;
    for (auto const& [first, calls] : groups_)
        if (calls.left > 0) completed.push_back(first);
    return completed;
}

} // namespace parlance
