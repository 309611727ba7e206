#include "work/feeder.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <numeric>

namespace parlance {

feeder::feeder(asio::any_io_executor executor, receive_function receive)
    : receive_(std::move(receive)), changed_(std::move(executor)) {}

std::size_t feeder::wanted() const noexcept {
    return std::accumulate(waiting_.begin(), waiting_.end(), std::size_t{0},
                           [](std::size_t sum, demand const* each) { return sum + each->want_; });
}

asio::awaitable<std::vector<delivery>> feeder::take(demand& wants, std::size_t count) {
    wants.want_ = count;
    waiting_.push_back(&wants);
    hand_out();
    changed_.notify_all();
    while (wants.got_.empty() && !wants.withdrawn_ && !stopping_) co_await wants.changed_.wait();
    waiting_.remove(&wants);
    wants.want_ = 0;
    co_return std::exchange(wants.got_, {});
}

/// One message to each that waits, round and round, so that the first does not take all of a short queue.
void feeder::hand_out() {
    auto next = spare_.begin();
    for (bool gave = true; gave && next != spare_.end();) {
        gave = false;
        for (auto* each : waiting_) {
            if (next == spare_.end()) break;
            if (each->want_ == 0 || each->withdrawn_) continue;
            each->got_.push_back(std::move(*next++));
            --each->want_;
            gave = true;
            each->changed_.notify_all();
        }
    }
    spare_.erase(spare_.begin(), next);
}

asio::awaitable<std::vector<delivery>> feeder::receive(std::size_t count) {
    // By a coroutine of its own, so that `stop` reaches it whatever it waits for, and what it leased already comes
    // back.
    auto const executor = co_await asio::this_coro::executor;
    co_return co_await asio::co_spawn(executor, receive_(count),
                                      asio::bind_cancellation_slot(cancel_.slot(), asio::use_awaitable));
}

asio::awaitable<void> feeder::run() {
    while (!stopping_) {
        auto const count = wanted();
        if (count == 0) {
            co_await changed_.wait();
            continue;
        }
        try {
            for (auto& job : co_await receive(count)) {
                held_.insert_or_assign(job.id().text(), job); // a lease that was lost, and got again, has a new receipt
                spare_.push_back(std::move(job));
            }
        } catch (boost::system::system_error const& fault) {
            if (stopping_ && fault.code() == asio::error::operation_aborted) co_return;
            throw;
        }
        if (!stopping_) hand_out();
    }
}

void feeder::stop() {
    stopping_ = true;
    cancel_.emit(asio::cancellation_type::terminal);
    changed_.notify_all();
    for (auto* each : waiting_) each->changed_.notify_all();
}

} // namespace parlance
