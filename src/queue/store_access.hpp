#pragma once
/// What the public classes of queues hold, for our own sources.

#include "queue/store_backend.hpp"

namespace parlance {

struct store::state {
    std::string url;
    std::shared_ptr<store_backend> backend;
};

struct store_access {
    static std::shared_ptr<store_backend> const& backend(store const& store) { return store.state_->backend; }
    static store wrap(std::string url, std::shared_ptr<store_backend> backend) {
        store wrapped;
        wrapped.state_ = std::make_shared<store::state>(store::state{std::move(url), std::move(backend)});
        return wrapped;
    }
};

struct queue_access {
    static parlance::store const& store_of(queue const& queue) { return queue.store_; }
    static std::shared_ptr<store_backend> const& backend(queue const& queue) {
        return store_access::backend(queue.store_);
    }
};

struct delivery_access {
    static delivery make(std::shared_ptr<store_backend> backend, std::string queue, received_message got);
    static store_backend& backend(delivery const& d) { return *static_cast<store_backend*>(d.queue_.get()); }
    static std::string const& queue_name(delivery const& d) { return d.queue_name_; }
    static claim claim_of(delivery const& d) { return {d.id_.text(), d.rc_}; }
};

/// What `receive` of the backend gives, as deliveries.
asio::awaitable<std::vector<delivery>> receive_deliveries(std::shared_ptr<store_backend> backend, std::string queue,
                                                          receive_request request);

/// A nack's options, owning their texts.
verdict make_verdict(nack_options const& options);

} // namespace parlance
