#include "socket/client_core.hpp"

namespace parlance {

client::client(std::string_view id, client_options options) : client(place_of(id, options), options) {}
client::client(address where, client_options options)
    : core_(std::make_shared<client_core>(std::move(where), options)) {}
client::client(client&&) noexcept = default;
client& client::operator=(client&& other) noexcept {
    if (core_ && core_ != other.core_) core_->drop();
    core_ = std::move(other.core_);
    return *this;
}
client::~client() {
    if (core_) core_->drop();
}

void client::on(std::string_view name, socket_handler hear) { core_->on(name, std::move(hear)); }
asio::awaitable<void> client::connect() { return client_core::connect(core_); }
asio::awaitable<void> client::run() { return client_core::run(core_); }
asio::awaitable<std::optional<socket_event>> client::next() {
    return client_core::next(core_, socket_core::audience::events);
}
asio::awaitable<std::optional<socket_event>> client::receive() {
    return client_core::next(core_, socket_core::audience::messages);
}
asio::awaitable<std::uint64_t> client::emit(std::string_view type, socket_data data) {
    return core_->peer().emit(type, std::move(data));
}
bool client::try_emit(std::string_view type, socket_data const& data) {
    auto frame = frame_of(*core_->settings, type, data);
    return core_->executor() && core_->try_send(frame);
}
asio::awaitable<std::uint64_t> client::write(std::string bytes) { return core_->peer().write(std::move(bytes)); }
void client::confirm(std::uint64_t number) { core_->confirm(number); }
asio::awaitable<void> client::flush() { return client_core::flush(core_); }
asio::awaitable<std::vector<message>> client::disconnect(std::chrono::milliseconds patience) {
    return client_core::disconnect(core_, patience);
}
bool client::is_connected() const noexcept { return core_->is_connected(); }
socket_peer client::peer() const { return core_->peer(); }
void client::reload_certificates() { core_->reload_certificates(); }

} // namespace parlance
