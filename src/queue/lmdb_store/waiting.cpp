// The operations that wait for a queue: for its messages, and for its emptiness.
#include "queue/lmdb_store/perform.hpp"

#include <boost/asio/error.hpp>

namespace parlance::lmdb_store {
namespace {

using steady = std::chrono::steady_clock;

steady::time_point after(std::chrono::milliseconds wait) {
    constexpr std::chrono::hours for_ever{24 * 365 * 10};
    return wait > for_ever ? steady::time_point::max() : steady::now() + wait;
}

} // namespace

asio::awaitable<std::vector<received_message>> directory_store::receive(std::string name, receive_request request) {
    return receive_waiting(shared_from_this(), std::move(name), request);
}

asio::awaitable<bool> directory_store::wait_until_empty(std::string name, std::chrono::milliseconds timeout,
                                                        bool due_only) {
    return wait_for_emptiness(shared_from_this(), std::move(name), timeout, due_only);
}

asio::awaitable<std::vector<received_message>>
directory_store::receive_waiting(std::shared_ptr<directory_store> self, std::string name, receive_request request) {
    struct receive_operation {
        directory_store* store;
        std::string name;
        receive_request request;
        std::vector<received_message> operator()(write_transaction& t) const {
            return receive_messages(t, name, request);
        }
        /// Nobody took what was leased: the caller was cancelled, or its event loop is gone.
        void unwanted(std::vector<received_message> got) const noexcept {
            if (got.empty()) return;
            store->perform_detached([name = name, got = std::move(got)](write_transaction& t) {
                give_back(t, name, got);
                return true;
            });
        }
    };
    receive_operation const operation{self.get(), std::move(name), request};
    auto const until = request.wait.count() > 0 ? after(request.wait) : steady::time_point::min();
    std::optional<watcher::waiter> waiter;
    for (;;) {
        if (waiter) waiter->about_to_look();
        auto receiving = perform(self, operation);
        auto got = co_await std::move(receiving); // throws when we were cancelled: then another waiter looks
        if (waiter) waiter->has_looked();
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) {
            operation.unwanted(std::move(got));
            throw boost::system::system_error(asio::error::operation_aborted);
        }
        if (!got.empty() || request.count == 0 || steady::now() >= until) co_return got;
        auto const queue = self->look([&](transaction& t) { return find_queue(t, operation.name).record.number; });
        if (waiter && waiter->queue() == queue)
            co_await waiter->wait(until);
        else // what came before we were on the list of this queue (it may be a new one by now) is seen by another look
            waiter.emplace(*self->watcher_, queue, watcher::wish::messages, co_await asio::this_coro::executor);
    }
}

asio::awaitable<bool> directory_store::wait_for_emptiness(std::shared_ptr<directory_store> self, std::string name,
                                                          std::chrono::milliseconds timeout, bool due_only) {
    auto const until = timeout.count() > 0 ? after(timeout) : steady::time_point::max();
    struct seen {
        std::uint32_t queue;
        stat_record stat;
    };
    std::optional<watcher::waiter> waiter;
    for (;;) {
        if (waiter) waiter->about_to_look();
        auto counting = swept_look(self, [name](transaction& t) {
            auto const queue = find_queue(t, name).record.number;
            return seen{queue, read_counters(t, queue)};
        });
        auto const [queue, stat] = co_await std::move(counting);
        if (stat.ready + stat.leased + (due_only ? 0 : stat.delayed) == 0) co_return true;
        if (steady::now() >= until) co_return false;
        if (waiter && waiter->queue() == queue)
            co_await waiter->wait(until);
        else // as above
            waiter.emplace(*self->watcher_, queue, watcher::wish::emptiness, co_await asio::this_coro::executor);
    }
}

} // namespace parlance::lmdb_store
