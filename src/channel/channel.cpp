#include "channel/state.hpp"

namespace parlance {
namespace {

channel_options without_name(channel_options options) {
    options.name = {};
    return options;
}

} // namespace

channel::state::state(stream bytes, framing frames, channel_options const& options)
    : bytes_(std::move(bytes)), frames_(frames), options_(without_name(options)), name_(options.name),
      cutter_(frames, options.message_limit_bytes, options.delimiter), in_(options.read_size_bytes) {}

channel::channel(stream bytes, framing frames, channel_options options)
    : state_(std::make_shared<state>(std::move(bytes), frames, options)) {}
channel::channel(channel&&) noexcept = default;
channel& channel::operator=(channel&& other) noexcept {
    if (state_ && state_ != other.state_) state_->drop();
    state_ = std::move(other.state_);
    return *this;
}
channel::~channel() {
    if (state_) state_->drop();
}

void channel::state::drop() noexcept {
    dropped_ = closed_ = true;
    bytes_.close();
    for (auto* each : {&room_, &written_, &read_}) each->wake_all();
}

asio::awaitable<void> channel::send(message m) { return state::send(state_, std::move(m)); }
bool channel::try_send(message& m) { return state_->try_send(m); }
asio::awaitable<std::optional<message>> channel::receive() { return state::receive(state_); }
asio::awaitable<std::vector<message>> channel::receive_some() { return state::receive_some(state_); }
std::optional<message> channel::try_receive() { return state_->take(); }
asio::awaitable<void> channel::flush() { return state::flush(state_); }
asio::awaitable<std::vector<message>> channel::close(std::chrono::milliseconds patience) {
    return state::close(state_, patience);
}

std::optional<boost::system::error_code> channel::end() const noexcept {
    auto const& end = state_->end_;
    auto const& fault = state_->write_fault_; // one that `close` made itself, out of patience, is none
    auto const peer_left = end && !*end && fault && fault->code() != asio::error::operation_aborted;
    return peer_left ? fault->code() : end;
}

void channel::on_noise(std::function<void(std::string_view)> hear) { state_->on_noise_ = std::move(hear); }
channel_statistics const& channel::statistics() const noexcept { return state_->statistics_; }
stream& channel::bytes() noexcept { return state_->bytes_; }

} // namespace parlance
