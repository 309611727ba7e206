#include "socket/frame.hpp"
#include "socket/link.hpp"

#include <boost/json/serialize.hpp>

namespace parlance {

socket_data::socket_data(json::value const& value, int) : text_(json::serialize(value)) {
    // numbers that JSON has not, as JSON.stringify writes them; and strings that are not UTF-8 are looked at
    if (auto const* const number = value.if_double(); number && !(*number - *number == 0)) text_ = "null";
    checked_ = !value.is_string() && !value.is_structured();
}

socket_peer::socket_peer(std::shared_ptr<link> to) noexcept : link_(std::move(to)) {}

asio::awaitable<std::uint64_t> socket_peer::emit(std::string_view type, socket_data data) const {
    try {
        return link_->send(frame_of(*link_->settings, type, data));
    } catch (failure const& refused) {
        return refuse_to_send(refused);
    }
}
bool socket_peer::try_emit(std::string_view type, socket_data const& data) const {
    auto frame = frame_of(*link_->settings, type, data);
    return link_->try_send(frame);
}
asio::awaitable<std::uint64_t> socket_peer::write(std::string bytes) const {
    try {
        return link_->send(chunk_of(*link_->settings, std::move(bytes)));
    } catch (failure const& refused) {
        return refuse_to_send(refused);
    }
}
void socket_peer::close() const { link_->close(); }

std::uint64_t socket_peer::number() const noexcept { return link_ ? link_->number : 0; }
json::value socket_peer::id() const { return link_ && !link_->id.empty() ? parse_json(link_->id) : json::value(); }
std::optional<credentials> socket_peer::who() const noexcept { return link_ ? link_->who : std::nullopt; }
address const& socket_peer::from() const noexcept { return link_->from; }
bool socket_peer::is_connected() const noexcept { return link_ && link_->is_connected(); }

asio::awaitable<std::uint64_t> refuse_to_send(failure why) {
    throw why;
    co_return 0;
}

void socket_peer::link::learn_name(std::string_view data) {
    if (auto const name = name_in(data); !name.empty()) id = name;
}

} // namespace parlance
