#pragma once
/// From the queue into the hands of the workers.

#include "base/condition.hpp"

#include <parlance/queue.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace parlance {

/// Takes messages for all the places of a crew: one receive asks for as many as all of them want, so that many workers
/// share a commit. Knows every message that is held until it is settled.
class feeder {
public:
    using receive_function = std::function<asio::awaitable<std::vector<delivery>>(std::size_t count)>;

    /// `receive` waits for at least one message, up to `count`; cancelled, it leaves nothing leased. It may also give
    /// none; then it is called again.
    feeder(asio::any_io_executor executor, receive_function receive);

    /// What one place wants. It lives as long as a `take` on it is awaited.
    class demand {
    public:
        explicit demand(asio::any_io_executor executor) : changed_(executor) {}
        /// The take that is waiting comes back with what it has, perhaps nothing.
        void withdraw() {
            withdrawn_ = true;
            changed_.notify_all();
        }

    private:
        friend class feeder;
        std::size_t want_ = 0;
        bool withdrawn_ = false;
        std::vector<delivery> got_;
        condition changed_;
    };

    /// Up to `count` messages, at least one; none once it was stopped, or the demand withdrawn.
    asio::awaitable<std::vector<delivery>> take(demand& wants, std::size_t count);

    /// Serves the demands until `stop`.
    asio::awaitable<void> run();
    void stop();

    /// What was received and never taken. To be put back after `run` has ended.
    std::vector<delivery> leftovers() { return std::exchange(spare_, {}); }

    std::unordered_map<std::string, delivery> const& held() const noexcept { return held_; }
    /// Its lease is no longer ours to renew.
    void forget(delivery const& job) {
        auto const mine = held_.find(job.id().text());
        if (mine != held_.end() && mine->second.rc() == job.rc()) held_.erase(mine);
    }

private:
    asio::awaitable<std::vector<delivery>> receive(std::size_t count);
    void hand_out();
    std::size_t wanted() const noexcept;

    receive_function receive_;
    condition changed_;
    asio::cancellation_signal cancel_;
    std::list<demand*> waiting_; // in the order in which they came
    std::vector<delivery> spare_;
    std::unordered_map<std::string, delivery> held_;
    bool stopping_ = false;
};

} // namespace parlance
