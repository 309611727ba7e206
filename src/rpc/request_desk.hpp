#pragma once
/// The peer's requests, from their arrival to their answer: which is begun when, what is refused, when the answers of a
/// batch are whole, what a cancellation does. Pure: no channel, no handlers; tests/rpc/request_desk_test.cpp.

#include "rpc/envelope.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parlance {

/// The answers of one batch, which leave together.
struct answer_batch {
    std::size_t left = 0; ///< requests that are not answered yet
    std::string text{};
};

struct peer_request {
    std::uint64_t ticket = 0;
    std::string id{}; ///< as it is spelled; empty: a notification
    std::string method{}, params{};
    std::shared_ptr<answer_batch> batch{}; ///< none: it came alone
    bool is_notification() const noexcept { return id.empty(); }
};

struct desk_limits {
    std::size_t in_hand, waiting, waiting_bytes;
};

class request_desk {
public:
    explicit request_desk(desk_limits limits) : limits_(limits) {}

    /// How the peer says that it wants no answer any more.
    enum class cancel_form {
        answered,   ///< `$/cancelRequest`: the request is still answered
        unanswered, ///< `notifications/cancelled`
    };

    /// A request or notification came: it waits for `next`. False for a request where there is no room: it is to be
    /// refused.
    bool arrive(peer_request);
    /// The next one to be begun; none while as many as may be are in hand. It is in hand until `finish`.
    std::optional<peer_request> next();
    /// It is answered with `reply`, a whole reply object, or, being a notification, with none. Gives back what is to be
    /// sent now: the reply, the whole batch, or nothing. In hand until `finish`.
    static std::string answer(peer_request const&, std::string reply);
    /// Nothing of it is to be sent any more.
    void finish(std::uint64_t ticket) { in_hand_.erase(ticket); }

    struct cancelled {
        std::vector<std::uint64_t> running{}; ///< tickets, whose handlers are to be cancelled
        std::vector<peer_request> waiting{};  ///< that will not be begun; to be answered, by `answer`
    };
    cancelled cancel(std::string_view id, cancel_form);
    /// Whether the answer of this one is wanted no more: it counts in its batch, and its text is not sent.
    bool is_unwanted(std::uint64_t ticket) const;
    bool was_cancelled(std::uint64_t ticket) const;
    /// All that wait are dropped: nobody reads the answers.
    std::vector<std::uint64_t> drop_all();

    /// Whether to read on. While a call of ours waits for its answer, also where there is no room for requests.
    bool may_read(bool calls_are_open) const noexcept { return has_room(calls_are_open ? 2 : 1); }
    std::size_t in_hand() const noexcept { return in_hand_.size(); }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    bool idle() const noexcept { return in_hand_.empty() && waiting_.empty(); }

private:
    struct held {
        std::string key; ///< of the id
        bool cancelled = false, unwanted = false;
    };
    bool has_room(std::size_t times) const noexcept {
        return waiting_.size() < times * limits_.waiting && bytes_ < times * limits_.waiting_bytes;
    }
    static std::size_t size_of(peer_request const& r) noexcept { return r.method.size() + r.params.size(); }

    desk_limits limits_;
    std::deque<peer_request> waiting_;
    std::size_t bytes_ = 0;
    std::map<std::uint64_t, held> in_hand_;
    std::uint64_t next_ticket_ = 1;
};

} // namespace parlance
