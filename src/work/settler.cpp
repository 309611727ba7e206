#include "work/settler.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <iterator>

namespace parlance {

settler::settler(asio::any_io_executor executor, queue jobs, std::uint32_t max_receives, listener hears)
    : jobs_(std::move(jobs)), max_receives_(max_receives), hears_(std::move(hears)), changed_(std::move(executor)) {}

void settler::add(settlement one) {
    waiting_.push_back(std::move(one));
    changed_.notify_all();
}

void settler::finish() {
    finishing_ = true;
    changed_.notify_all();
}

asio::awaitable<void> settler::run() {
    auto const executor = co_await asio::this_coro::executor;
    while (!finishing_ || !waiting_.empty() || nacks_under_way_ != 0) {
        if (waiting_.empty()) {
            co_await changed_.wait();
            continue;
        }
        auto batch = std::exchange(waiting_, {});
        auto const first_nack = std::stable_partition(
            batch.begin(), batch.end(), [](auto const& one) { return one.judged.what == verdict::kind::done; });
        for (auto one = first_nack; one != batch.end(); ++one) { // these share commits by waiting together
            ++nacks_under_way_;
            asio::co_spawn(executor, nack(std::move(*one)), asio::detached);
        }
        batch.erase(first_nack, batch.end());
        if (!batch.empty()) co_await ack(std::move(batch));
    }
}

asio::awaitable<void> settler::ack(std::vector<settlement> done) {
    std::vector<delivery> jobs;
    jobs.reserve(done.size());
    std::transform(done.begin(), done.end(), std::back_inserter(jobs), [](auto& one) { return one.job; });
    try {
        auto const answers = co_await jobs_.ack_all(jobs);
        for (std::size_t i = 0; i < done.size(); ++i) {
            if (answers[i])
                count(done[i]);
            else
                hears_.note("message " + done[i].job.id().text() + ": " + make_error_code(errc::lease_lost).message());
            hears_.settled(done[i]);
        }
    } catch (std::exception const&) {
        hears_.store_failed(std::current_exception());
    }
}

asio::awaitable<void> settler::nack(settlement one) {
    try {
        if (co_await one.job.nack(nack_for(one.judged, one.err_tail, max_receives_))) count(one);
    } catch (failure const& fault) {
        if (fault.code() == errc::lease_lost || fault.code() == errc::queue_not_found)
            hears_.note("message " + one.job.id().text() + ": " + fault.message());
        else
            hears_.store_failed(std::current_exception());
    } catch (std::exception const&) {
        hears_.store_failed(std::current_exception());
    }
    hears_.settled(one);
    --nacks_under_way_;
    changed_.notify_all();
}

void settler::count(settlement const& one) {
    using enum verdict::kind;
    switch (one.judged.what) {
    case done: ++sums_.done; return;
    case later:
    case released: return;
    case failed:
    case crashed:
    case dead: break;
    }
    ++sums_.failed;
    bool const died = goes_dead(one.judged, one.job.attempt(), max_receives_);
    ++(died ? sums_.dead : sums_.retried);
    hears_.note("message " + one.job.id().text() + ", attempt " + std::to_string(one.job.attempt()) + ": " +
                one.judged.reason + (died ? "; it is dead now" : ""));
}

} // namespace parlance
