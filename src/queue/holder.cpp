#include "queue/holder.hpp"

#include "queue/store_access.hpp"

namespace parlance {
namespace {

asio::awaitable<void> finish(asio::awaitable<bool> work) { co_await std::move(work); }

asio::awaitable<std::vector<bool>> no_answers() { co_return std::vector<bool>{}; }

} // namespace

asio::awaitable<holder> holder::enter(store store) {
    auto backend = store_access::backend(store);
    auto entering = backend->enter();
    auto claim = co_await std::move(entering);
    co_return holder(std::move(store), std::move(backend), std::move(claim));
}

asio::awaitable<std::vector<delivery>> holder::receive(queue from, receive_options options) const {
    return receive_deliveries(backend_, from.name(),
                              {.count = options.count, .wait = options.wait, .vt = options.vt, .holder = claim_->id});
}

asio::awaitable<void> holder::record_worker(worker_record worker) const {
    return finish(backend_->record_worker(claim_->id, std::move(worker)));
}

asio::awaitable<void> holder::forget_worker(std::string token) const {
    return finish(backend_->forget_worker(claim_->id, std::move(token)));
}

asio::awaitable<void> holder::leave() {
    auto releasing = backend_->release(claim_->id);
    co_await std::move(releasing);
    claim_->lock.reset(); // only now: until the record is gone we are alive
}

asio::awaitable<std::vector<dead_holder>> dead_holders(store store) {
    return store_access::backend(store)->dead_holders();
}

asio::awaitable<std::uint64_t> release(store store, dead_holder holder) {
    auto releasing = store_access::backend(store)->release(holder.id);
    co_return co_await std::move(releasing); // `holder`, and with it the lock, lives until then
}

asio::awaitable<std::vector<bool>> extend_all(std::span<delivery const> deliveries, std::chrono::milliseconds vt) {
    if (deliveries.empty()) return no_answers();
    std::vector<claim> claims;
    claims.reserve(deliveries.size());
    for (auto const& one : deliveries) claims.push_back(delivery_access::claim_of(one));
    return delivery_access::backend(deliveries.front())
        .extend_all(delivery_access::queue_name(deliveries.front()), std::move(claims), vt);
}

asio::awaitable<bool> has_due(queue queue) { return queue_access::backend(queue)->has_due(queue.name()); }

} // namespace parlance
