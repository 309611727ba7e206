#include "queue/checks.hpp"
#include "queue/receipt.hpp"
#include "queue/store_access.hpp"

namespace parlance {
namespace {

using backend_ptr = std::shared_ptr<store_backend>;

/// Whose message it is: the receipt's receive, or anybody's without one. Throws failure: errc::invalid_argument.
claim make_claim(std::string const& id, std::string const& receipt) {
    if (receipt.empty()) return {id, std::nullopt};
    auto const parts = parse_receipt(receipt);
    if (!parts || parts->id != id)
        throw failure(errc::invalid_argument, {.input = "receipt " + receipt,
                                               .reason = parts ? "it is of another message" : "no receipt",
                                               .mend = "give the receipt that the receive answered"});
    return {id, parts->rc};
}

std::vector<claim> claims_of(std::span<delivery const> deliveries) {
    std::vector<claim> claims;
    claims.reserve(deliveries.size());
    for (auto const& one : deliveries) claims.push_back(delivery_access::claim_of(one));
    return claims;
}

asio::awaitable<void> create_new(backend_ptr backend, std::string name, owned_options options) {
    auto creating = backend->create(name, std::move(options));
    if (!co_await std::move(creating))
        throw failure(errc::queue_exists, {.input = "queue " + name, .facts = {{"queue", name}}});
}

asio::awaitable<queue_info> set_some(backend_ptr backend, std::string name, owned_options options) {
    if (!has_any(options.options)) throw failure(errc::no_attribute_supplied, {.input = "queue " + name});
    auto setting = backend->set(std::move(name), std::move(options));
    co_return co_await std::move(setting);
}

asio::awaitable<void> set_paused(backend_ptr backend, std::string name, bool paused) {
    auto pausing = backend->pause(std::move(name), paused);
    co_await std::move(pausing);
}

asio::awaitable<message_id> send_one(asio::awaitable<std::string> sending) {
    co_return message_id(co_await std::move(sending));
}

asio::awaitable<std::vector<message_id>> send_many(asio::awaitable<std::vector<std::string>> sending) {
    auto const texts = co_await std::move(sending);
    co_return std::vector<message_id>(texts.begin(), texts.end());
}

asio::awaitable<std::optional<delivery>> receive_one(backend_ptr backend, std::string name, receive_request request) {
    auto receiving = backend->receive(name, request);
    auto got = co_await std::move(receiving);
    if (got.empty()) co_return std::nullopt;
    co_return delivery_access::make(std::move(backend), std::move(name), std::move(got.front()));
}

asio::awaitable<std::optional<delivery>> pop_one(backend_ptr backend, std::string name) {
    auto popping = backend->pop(name);
    auto got = co_await std::move(popping);
    if (!got) co_return std::nullopt;
    co_return delivery_access::make(std::move(backend), std::move(name), std::move(*got));
}

asio::awaitable<bool> ack_one(backend_ptr backend, std::string name, std::string id, std::string receipt) {
    auto acking = backend->ack(std::move(name), make_claim(id, receipt));
    co_return co_await std::move(acking);
}

asio::awaitable<bool> nack_one(backend_ptr backend, std::string name, std::string id, std::string receipt,
                               verdict how) {
    auto nacking = backend->nack(std::move(name), make_claim(id, receipt), std::move(how));
    co_return co_await std::move(nacking);
}

asio::awaitable<bool> extend_one(backend_ptr backend, std::string name, std::string id, std::string receipt,
                                 std::chrono::milliseconds vt) {
    auto extending = backend->extend(std::move(name), make_claim(id, receipt), vt);
    co_return co_await std::move(extending);
}

asio::awaitable<void> wait_empty(backend_ptr backend, std::string name, std::chrono::milliseconds timeout,
                                 bool due_only) {
    auto waiting = backend->wait_until_empty(name, timeout, due_only);
    if (!co_await std::move(waiting))
        throw failure(errc::timed_out, {.input = "queue " + name, .reason = "timed out: it is not empty"});
}

} // namespace

asio::awaitable<std::vector<delivery>> receive_deliveries(std::shared_ptr<store_backend> backend, std::string name,
                                                          receive_request request) {
    auto receiving = backend->receive(name, request);
    auto got = co_await std::move(receiving);
    std::vector<delivery> deliveries;
    deliveries.reserve(got.size());
    for (auto& one : got) deliveries.push_back(delivery_access::make(backend, name, std::move(one)));
    co_return deliveries;
}

asio::awaitable<void> queue::create(queue_options options) const {
    return create_new(queue_access::backend(*this), name_, owned_options(options));
}
asio::awaitable<bool> queue::ensure(queue_options options) const {
    return queue_access::backend(*this)->create(name_, owned_options(options));
}
asio::awaitable<queue_info> queue::set(queue_options options) const {
    return set_some(queue_access::backend(*this), name_, owned_options(options));
}
asio::awaitable<queue_info> queue::info() const { return queue_access::backend(*this)->info(name_); }
asio::awaitable<std::uint64_t> queue::remove() const { return queue_access::backend(*this)->remove(name_); }
asio::awaitable<std::uint64_t> queue::purge() const { return queue_access::backend(*this)->purge(name_); }
asio::awaitable<void> queue::pause(bool paused) const {
    return set_paused(queue_access::backend(*this), name_, paused);
}

asio::awaitable<message_id> queue::send(std::string text, send_options options) const {
    return send_one(queue_access::backend(*this)->send(name_, std::move(text), options.delay));
}
asio::awaitable<std::vector<message_id>> queue::send_all(std::vector<std::string> texts, send_options options) const {
    return send_many(queue_access::backend(*this)->send_all(name_, std::move(texts), options.delay));
}

asio::awaitable<std::optional<delivery>> queue::receive(receive_options options) const {
    return receive_one(queue_access::backend(*this), name_, {.count = 1, .wait = options.wait, .vt = options.vt});
}
asio::awaitable<std::vector<delivery>> queue::receive_some(receive_options options) const {
    return receive_deliveries(queue_access::backend(*this), name_,
                              {.count = options.count, .wait = options.wait, .vt = options.vt});
}
asio::awaitable<std::optional<delivery>> queue::pop() const { return pop_one(queue_access::backend(*this), name_); }

asio::awaitable<bool> queue::ack(message_id id, std::string_view receipt) const {
    return ack_one(queue_access::backend(*this), name_, id.text(), std::string(receipt));
}
asio::awaitable<bool> queue::nack(message_id id, std::string_view receipt, nack_options options) const {
    return nack_one(queue_access::backend(*this), name_, id.text(), std::string(receipt), make_verdict(options));
}
asio::awaitable<bool> queue::extend(message_id id, std::chrono::milliseconds vt, std::string_view receipt) const {
    return extend_one(queue_access::backend(*this), name_, id.text(), std::string(receipt), vt);
}
asio::awaitable<std::vector<bool>> queue::ack_all(std::span<delivery const> deliveries) const {
    return queue_access::backend(*this)->ack_all(name_, claims_of(deliveries));
}

asio::awaitable<std::vector<waiting_message>> queue::peek(std::size_t count) const {
    return queue_access::backend(*this)->peek(name_, count);
}
asio::awaitable<std::vector<dead_message>> queue::dead() const { return queue_access::backend(*this)->dead(name_); }
asio::awaitable<std::uint64_t> queue::redrive(std::vector<message_id> ids) const {
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (auto const& id : ids) texts.push_back(id.text());
    return queue_access::backend(*this)->redrive(name_, std::move(texts));
}

asio::awaitable<void> queue::wait_until_empty(std::chrono::milliseconds timeout, bool due_only) const {
    return wait_empty(queue_access::backend(*this), name_, timeout, due_only);
}

} // namespace parlance
