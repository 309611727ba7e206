#include "rpc/rpc_core.hpp"

namespace parlance {
namespace {

rpc_options without_a_name(rpc_options options) {
    options.name = {};
    return options;
}

} // namespace

std::string_view name_of(rpc_protocol protocol) noexcept {
    switch (protocol) {
    case rpc_protocol::plain: return "plain";
    case rpc_protocol::lsp: return "lsp";
    case rpc_protocol::mcp: return "mcp";
    }
    return "plain";
}

std::size_t rpc_batch::call(std::string method, rpc_params params) {
    items_.push_back({std::move(method), std::move(params).text(), true});
    return calls_++;
}
void rpc_batch::notify(std::string method, rpc_params params) {
    items_.push_back({std::move(method), std::move(params).text(), false});
}

rpc_core::rpc_core(std::unique_ptr<rpc_way> over, rpc_options const& options)
    : way_(std::move(over)), options_(without_a_name(options)), name_(options.name),
      desk_({options.requests_in_hand, options.requests_waiting, options.waiting_bytes}),
      has_goodbye_(options.protocol == rpc_protocol::lsp) {}

std::optional<boost::system::error_code> rpc_core::end() const noexcept {
    if (!input_over_) return {};
    return fault_ ? fault_->code() : boost::system::error_code();
}

rpc_statistics rpc_core::statistics() const noexcept {
    auto all = counted_;
    all.calls_waiting = ledger_.groups();
    all.in_hand = desk_.in_hand();
    all.requests_waiting = desk_.waiting();
    return all;
}

rpc::rpc(channel over, rpc_options options) : core_(std::make_shared<rpc_core>(way_over(std::move(over)), options)) {}
rpc::rpc(ipc_channel over, rpc_options options)
    : core_(std::make_shared<rpc_core>(way_over(std::move(over)), options)) {}
rpc::rpc(rpc&&) noexcept = default;
rpc& rpc::operator=(rpc&& other) noexcept {
    if (core_ && core_ != other.core_) core_->drop();
    core_ = std::move(other.core_);
    return *this;
}
rpc::~rpc() {
    if (core_) core_->drop();
}

asio::awaitable<message> rpc::call(std::string_view method, rpc_params params, rpc_call_options options) {
    return rpc_core::call(core_, {std::string(method), std::move(params).text(), true}, options.timeout);
}
asio::awaitable<std::vector<result<message>>> rpc::call(rpc_batch batch, rpc_call_options options) {
    return rpc_core::call_all(core_, std::move(batch), options.timeout);
}
asio::awaitable<void> rpc::notify(std::string_view method, rpc_params params) {
    std::vector<rpc_core::item> one;
    one.push_back({std::string(method), std::move(params).text(), false});
    return rpc_core::notify_all(core_, std::move(one));
}

void rpc::set(std::string method, detail::rpc_handler handler) {
    core_->handlers_[std::move(method)] = std::make_shared<detail::rpc_handler>(std::move(handler));
}
void rpc::on_other(std::function<asio::awaitable<message>(std::string, message)> handler) {
    core_->other_ = std::make_shared<rpc_core::other_handler>(std::move(handler));
}
void rpc::on_stray(std::function<void(std::string_view)> hear) { core_->on_stray_ = std::move(hear); }

asio::awaitable<void> rpc::serve() { return rpc_core::serve(core_); }
void rpc::stop() noexcept { core_->stop(); }
asio::awaitable<message> rpc::initialize(rpc_params params, rpc_call_options options) {
    return rpc_core::initialize(core_, std::move(params).text(), options.timeout);
}
asio::awaitable<void> rpc::goodbye(std::chrono::milliseconds patience) { return rpc_core::goodbye(core_, patience); }
asio::awaitable<void> rpc::close(std::chrono::milliseconds patience) { return rpc_core::close(core_, patience); }
std::optional<boost::system::error_code> rpc::end() const noexcept { return core_->end(); }
rpc_statistics rpc::statistics() const noexcept { return core_->statistics(); }

} // namespace parlance
