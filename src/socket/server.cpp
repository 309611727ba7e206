#include "socket/server_core.hpp"

namespace parlance {

server::server(std::string_view id, server_options options) : server(place_of(id, options), options) {}
server::server(address where, server_options options)
    : core_(std::make_shared<server_core>(std::move(where), options)) {}
server::server(server&&) noexcept = default;
server& server::operator=(server&& other) noexcept {
    if (core_ && core_ != other.core_) core_->drop();
    core_ = std::move(other.core_);
    return *this;
}
server::~server() {
    if (core_) core_->drop();
}

void server::on(std::string_view name, socket_handler hear) { core_->on(name, std::move(hear)); }
void server::allow(std::function<bool(socket_peer const&)> predicate) { core_->allow = std::move(predicate); }
asio::awaitable<void> server::start() { return server_core::start(core_); }
asio::awaitable<void> server::run() { return server_core::run(core_); }
asio::awaitable<std::optional<socket_event>> server::next() { return server_core::next(core_); }
asio::awaitable<void> server::stop() { return server_core::stop(core_); }

asio::awaitable<std::size_t> server::broadcast(std::string_view type, socket_data data) {
    return server_core::broadcast(core_, std::string(type), std::move(data));
}
asio::awaitable<std::size_t> server::broadcast_bytes(std::string bytes) {
    return server_core::broadcast_bytes(core_, std::move(bytes));
}
std::vector<socket_peer> server::peers() const { return core_->peers(); }
asio::awaitable<socket_peer> server::peer_at(std::string host, std::uint16_t port) {
    return server_core::peer_at(core_, std::move(host), port);
}
address const& server::where() const noexcept { return core_->where(); }
void server::reload_certificates() { core_->reload_certificates(); }

} // namespace parlance
