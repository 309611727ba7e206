#include "queue/receipt.hpp"
#include "queue/store_access.hpp"

#include <parlance/message.hpp>

namespace parlance {

delivery delivery_access::make(std::shared_ptr<store_backend> backend, std::string queue, received_message got) {
    delivery d;
    d.queue_ = std::move(backend);
    d.queue_name_ = std::move(queue);
    d.id_ = message_id(got.id);
    d.text_ = std::move(got.text);
    d.rc_ = got.rc;
    d.attempt_ = got.attempt;
    d.crashes_ = got.crashes;
    d.fr_ = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(got.first_received_ms));
    return d;
}

verdict make_verdict(nack_options const& options) {
    return {options.delay,
            options.charge,
            options.crashed,
            options.dead,
            std::string(options.reason),
            std::string(options.err_tail),
            options.max_receives};
}

json::value delivery::json() const { return parse_json(text_, "message " + id_.text()); }
std::string delivery::receipt() const { return make_receipt(id_.text(), rc_); }

asio::awaitable<bool> delivery::ack() const {
    return delivery_access::backend(*this).ack(queue_name_, delivery_access::claim_of(*this));
}
asio::awaitable<bool> delivery::nack(nack_options options) const {
    return delivery_access::backend(*this).nack(queue_name_, delivery_access::claim_of(*this), make_verdict(options));
}
asio::awaitable<bool> delivery::extend(std::chrono::milliseconds vt) const {
    return delivery_access::backend(*this).extend(queue_name_, delivery_access::claim_of(*this), vt);
}

} // namespace parlance
