#pragma once
/// Which worker gets which connection. Pure: it knows workers by their numbers, and what a connection is only its
/// owner knows.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace parlance {

/// Round robin as Node's primary has it: the worker that is free for longest gets the connection that waits for
/// longest, and is free again when it has answered. A connection is let go when a worker has accepted it; one that was
/// refused, or whose worker is gone without an answer, waits in front of all others, and goes to who has not refused
/// it.
template <class Connection> class rotation {
public:
    struct handover {
        unsigned worker;
        Connection& connection; ///< stays here until the answer
    };

    void joined(unsigned worker) {
        if (members_.insert(worker).second && !in_hand_.contains(worker)) free_.push_back(worker);
    }
    void arrived(Connection c) { waiting_.push_back({std::move(c), {}}); }
    /// It said whether it takes what it was given.
    void answered(unsigned worker, bool accepted) {
        auto const found = in_hand_.find(worker);
        if (found == in_hand_.end()) return;
        if (!accepted) {
            found->second.refused_by.insert(worker);
            waiting_.push_front(std::move(found->second));
        }
        in_hand_.erase(found);
        if (members_.contains(worker)) free_.push_back(worker);
    }
    /// It takes no more. What it has in hand it may still accept.
    void left(unsigned worker) {
        members_.erase(worker);
        std::erase(free_, worker);
    }
    /// It died.
    void gone(unsigned worker) {
        left(worker);
        answered(worker, false);
    }
    /// Those that every worker refused may be offered again.
    void offer_again() {
        for (auto& each : waiting_) each.refused_by.clear();
    }

    /// What is to be handed over now; call it until there is none.
    std::optional<handover> next() {
        for (auto it = waiting_.begin(); it != waiting_.end() && !free_.empty(); ++it) {
            auto const worker = std::ranges::find_if(free_, [&](auto who) { return !it->refused_by.contains(who); });
            if (worker == free_.end()) continue;
            auto const who = *worker;
            free_.erase(worker);
            auto& held = in_hand_.insert_or_assign(who, std::move(*it)).first->second;
            waiting_.erase(it);
            return handover{who, held.connection};
        }
        return std::nullopt;
    }

    bool has_workers() const noexcept { return !members_.empty(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    /// There is a connection that every worker has refused.
    bool is_refused_by_all() const {
        return has_workers() && std::ranges::any_of(waiting_, [&](auto const& each) {
                   return std::ranges::all_of(members_, [&](auto who) { return each.refused_by.contains(who); });
               });
    }
    /// Nobody will ask for what waits.
    void drop_waiting() { waiting_.clear(); }

private:
    struct waiter {
        Connection connection;
        std::set<unsigned> refused_by;
    };
    std::set<unsigned> members_;
    std::deque<unsigned> free_; ///< members; the one that is free for longest is first
    std::deque<waiter> waiting_;
    std::map<unsigned, waiter> in_hand_; ///< of a worker that has not answered
};

} // namespace parlance
