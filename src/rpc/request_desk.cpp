#include "rpc/request_desk.hpp"

#include <utility>

namespace parlance {

bool request_desk::arrive(peer_request came) {
    if (!came.is_notification() && !has_room(1)) return false;
    bytes_ += size_of(came);
    came.ticket = next_ticket_++;
    waiting_.push_back(std::move(came));
    return true;
}

std::optional<peer_request> request_desk::next() {
    if (waiting_.empty() || in_hand_.size() >= limits_.in_hand) return {};
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= size_of(first);
    in_hand_.emplace(first.ticket, held{id_key(first.id)});
    return first;
}

std::string request_desk::answer(peer_request const& request, std::string reply) {
    if (!request.batch) return reply;
    if (request.is_notification()) return {};
    auto& batch = *request.batch;
    if (!reply.empty()) batch.text.append(batch.text.empty() ? "[" : ",").append(reply);
    if (--batch.left > 0 || batch.text.empty()) return {};
    return std::move(batch.text) + "]";
}

request_desk::cancelled request_desk::cancel(std::string_view id, cancel_form how) {
    auto const key = id_key(id);
    cancelled all;
    for (auto& [ticket, each] : in_hand_) {
        if (each.key.empty() || each.key != key) continue;
        each.cancelled = true;
        each.unwanted |= how == cancel_form::unanswered;
        all.running.push_back(ticket);
    }
    for (auto at = waiting_.begin(); at != waiting_.end();) {
        if (at->is_notification() || id_key(at->id) != key) {
            ++at;
            continue;
        }
        bytes_ -= size_of(*at);
        all.waiting.push_back(std::move(*at));
        at = waiting_.erase(at);
    }
    return all;
}

bool request_desk::is_unwanted(std::uint64_t ticket) const {
    auto const found = in_hand_.find(ticket);
    return found != in_hand_.end() && found->second.unwanted;
}

bool request_desk::was_cancelled(std::uint64_t ticket) const {
    auto const found = in_hand_.find(ticket);
    return found != in_hand_.end() && found->second.cancelled;
}

std::vector<std::uint64_t> request_desk::drop_all() {
    waiting_.clear();
    bytes_ = 0;
    std::vector<std::uint64_t> running;
    running.reserve(in_hand_.size());
    for (auto const& [ticket, each] : in_hand_) running.push_back(ticket);
    return running;
}

} // namespace parlance
