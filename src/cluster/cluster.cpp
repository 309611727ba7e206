#include "cluster/cluster_core.hpp"

namespace parlance {
namespace {

[[noreturn]] void throw_ended(cluster_process const& it) {
    throw failure(errc::peer_closed, {.input = it.name, .reason = "it has ended, or disconnected"});
}

asio::awaitable<void> send_to(std::shared_ptr<cluster_process> it, ipc_message m, ipc_handle handle) {
    if (!it->is_connected()) throw_ended(*it);
    co_await it->talk->send(std::move(m), std::move(handle));
}

asio::awaitable<process_end> end_of(std::shared_ptr<cluster_process> it) {
    while (!it->end && it->process) co_await it->changed.wait();
    if (!it->end) throw boost::system::system_error(asio::error::operation_aborted); // the cluster was dropped
    co_return *it->end;
}

} // namespace

unsigned cluster_worker::id() const noexcept { return it_->id; }
unsigned cluster_worker::place() const noexcept { return it_->place; }
pid_t cluster_worker::pid() const noexcept { return it_->pid; }
bool cluster_worker::is_connected() const noexcept { return it_->is_connected(); }
bool cluster_worker::has_ended() const noexcept { return it_->gone; }
bool cluster_worker::exited_after_disconnect() const noexcept { return it_->leaves; }
std::vector<listen_address> const& cluster_worker::listens_on() const noexcept { return it_->listens_on; }
asio::awaitable<void> cluster_worker::send(ipc_message m) const { return send_to(it_, std::move(m), {}); }
asio::awaitable<void> cluster_worker::send(ipc_message m, ipc_handle handle) const {
    return send_to(it_, std::move(m), std::move(handle));
}
asio::awaitable<process_end> cluster_worker::disconnect() const {
    if (auto const core = it_->core.lock()) core->let_leave(*it_);
    return end_of(it_);
}
bool cluster_worker::kill(signal which) const noexcept { return it_->process && it_->process->kill(which); }
asio::awaitable<process_end> cluster_worker::wait() const { return end_of(it_); }

cluster::cluster(std::string script, std::vector<std::string> args, cluster_options options, cluster_hooks hooks)
    : core_(std::make_shared<cluster_core>(std::move(script), std::move(args), options, std::move(hooks))) {}
cluster::cluster(cluster&&) noexcept = default;
cluster& cluster::operator=(cluster&& other) noexcept {
    if (core_ && core_ != other.core_) core_->drop();
    core_ = std::move(other.core_);
    return *this;
}
cluster::~cluster() {
    if (core_) core_->drop();
}

asio::awaitable<void> cluster::start() { return cluster_core::start(core_); }
asio::awaitable<void> cluster::run() { return cluster_core::run(core_); }
std::vector<cluster_worker> cluster::workers() const { return core_->workers(); }
asio::awaitable<std::size_t> cluster::broadcast(js::value m) {
    return cluster_core::broadcast(core_, ipc_message(std::move(m)));
}
asio::awaitable<std::size_t> cluster::broadcast(message json_text) {
    return cluster_core::broadcast(core_, ipc_message(std::move(json_text)));
}
asio::awaitable<void> cluster::disconnect() { return cluster_core::end(core_, false); }
asio::awaitable<void> cluster::stop() { return cluster_core::end(core_, true); }
cluster_statistics cluster::statistics() const noexcept { return core_->statistics(); }

} // namespace parlance
