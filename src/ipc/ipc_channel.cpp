#include "ipc/ipc_core.hpp"

#include "js/json_reader.hpp"
#include "wire/check_json.hpp"

#include <boost/json/serialize.hpp>

namespace parlance {
namespace {

ipc_options without_name(ipc_options options) {
    options.name = {};
    return options;
}

} // namespace

std::string_view name_of(serialization how) noexcept { return how == serialization::json ? "json" : "advanced"; }

ipc_core::ipc_core(stream bytes, serialization mode, ipc_options const& options)
    : how(mode), options_(without_name(options)) {
    bytes.receive_descriptors();
    talk_ = std::make_shared<channel::state>(std::move(bytes),
                                             how == serialization::json ? framing::lines : framing::length_prefix,
                                             channel_options{.message_limit_bytes = options.message_limit_bytes,
                                                             .write_buffer_bytes = options.write_buffer_bytes,
                                                             .noise = noise::error,
                                                             .name = options.name});
    talk_->on_write_fault_ = [this] { writing_failed(); };
}

ipc_channel::ipc_channel(unique_fd socket, serialization how, ipc_options options)
    : ipc_channel(stream(std::move(socket)), how, options) {}
ipc_channel::ipc_channel(stream bytes, serialization how, ipc_options options)
    : core_(std::make_shared<ipc_core>(std::move(bytes), how, options)) {}
ipc_channel::ipc_channel(ipc_channel&&) noexcept = default;
ipc_channel& ipc_channel::operator=(ipc_channel&& other) noexcept {
    if (core_ && core_ != other.core_) core_->drop();
    core_ = std::move(other.core_);
    return *this;
}
ipc_channel::~ipc_channel() {
    if (core_) core_->drop();
}

serialization ipc_channel::mode() const noexcept { return core_->how; }
bool ipc_channel::connected() const noexcept { return core_ && core_->connected(); }
asio::awaitable<void> ipc_channel::send(ipc_message m) { return ipc_core::send(core_, std::move(m), false); }
asio::awaitable<void> ipc_channel::send(ipc_message m, ipc_handle handle) {
    return ipc_core::send(core_, std::move(m), std::move(handle), false);
}
bool ipc_channel::try_send(ipc_message& m) { return core_->try_send(m); }
asio::awaitable<std::optional<ipc_message>> ipc_channel::receive() { return ipc_core::receive(core_); }
asio::awaitable<std::vector<ipc_message>> ipc_channel::receive_some() { return ipc_core::receive_some(core_); }
asio::awaitable<void> ipc_channel::flush() { return ipc_core::flush(core_); }
asio::awaitable<std::vector<ipc_message>> ipc_channel::disconnect(std::chrono::milliseconds patience) {
    return ipc_core::disconnect(core_, patience);
}
std::optional<boost::system::error_code> ipc_channel::end() const noexcept { return core_->end(); }
bool ipc_channel::peer_left_unread() const noexcept { return core_->peer_left_unread(); }
asio::awaitable<std::size_t> ipc_channel::count_connections(std::string key) {
    return ipc_core::ask(core_, node::get_count, std::move(key));
}
asio::awaitable<void> ipc_channel::wait_connections_closed(std::string key) {
    co_await ipc_core::ask(core_, node::notify_close, std::move(key));
}
void ipc_channel::on_internal(std::function<void(js::value const&, ipc_handle)> hear) {
    core_->on_internal = std::move(hear);
}
asio::awaitable<void> ipc_channel::send_internal(js::value m, ipc_handle handle) {
    return ipc_core::send(core_, ipc_message(std::move(m)), std::move(handle), true);
}
channel_statistics const& ipc_channel::statistics() const noexcept { return core_->engine().statistics_; }

js::value const& ipc_message::value() const {
    if (value_) return *value_;
    switch (form_) {
    case form::value: value_ = std::make_unique<js::value>(json_ ? js::value(*json_) : js::value()); break;
    case form::json_text: value_ = std::make_unique<js::value>(js::read_json(raw_).read); break;
    case form::v8: value_ = std::make_unique<js::value>(js::v8_decode(raw_)); break;
    }
    return *value_;
}

json::value const& ipc_message::json() const {
    if (json_) return *json_;
    if (form_ == form::json_text) {
        try {
            json_ = std::make_unique<json::value>(parse_json(raw_));
            return *json_;
        } catch (failure const&) {
            if (!wire::is_json(raw_)) throw; // else it has half a surrogate pair, which Boost.JSON has not
        }
    }
    json_ = std::make_unique<json::value>(js::to_json_value(value()).value_or(json::value()));
    return *json_;
}

std::string_view ipc_message::text() const& {
    if (form_ == form::json_text) return raw_;
    if (!text_) text_ = std::make_unique<std::string>(json_ ? json::serialize(*json_) : js::to_tagged_json(value()));
    return *text_;
}

ipc_handle ipc_message::take_handle() noexcept {
    auto const taken = std::move(handle_);
    return taken ? std::move(*taken) : ipc_handle();
}

} // namespace parlance
