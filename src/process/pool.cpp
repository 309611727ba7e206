#include "process/pool_core.hpp"

namespace parlance {

pool_worker::pool_worker() noexcept = default;
pool_worker::pool_worker(std::unique_ptr<lease> what) noexcept : lease_(std::move(what)) {}
pool_worker::pool_worker(pool_worker&&) noexcept = default;
pool_worker& pool_worker::operator=(pool_worker&&) noexcept = default;
pool_worker::~pool_worker() = default;

channel& pool_worker::talk() {
    auto& talk = lease_->process->talk;
    if (!talk)
        throw failure(errc::invalid_argument, {.input = name() + " of " + lease_->core->title(),
                                               .reason = "it is not talked to",
                                               .mend = "leave `talks` true"});
    return *talk;
}
std::string const& pool_worker::name() const noexcept { return lease_->process->name; }
unsigned pool_worker::place() const noexcept { return lease_->process->place; }
pid_t pool_worker::pid() const noexcept { return lease_->process->pid; }
void pool_worker::spoil() noexcept { lease_->spoilt = true; }
asio::awaitable<process_end> pool_worker::end() { return pool_core::end_of(lease_->core, lease_->process); }

pool::pool(std::string program, std::vector<std::string> args, pool_options options, pool_hooks hooks)
    : core_(std::make_shared<pool_core>(std::move(program), std::move(args), options, std::move(hooks))) {}
pool::pool(pool&&) noexcept = default;
pool& pool::operator=(pool&& other) noexcept {
    if (core_ && core_ != other.core_) core_->drop();
    core_ = std::move(other.core_);
    return *this;
}
pool::~pool() {
    if (core_) core_->drop();
}

asio::awaitable<void> pool::start() { return pool_core::start(core_); }
asio::awaitable<void> pool::run() { return pool_core::run(core_); }
asio::awaitable<pool_worker> pool::acquire(std::chrono::milliseconds patience) {
    return pool_core::acquire(core_, patience);
}
std::optional<pool_worker> pool::try_acquire() { return core_->try_acquire(); }
asio::awaitable<void> pool::restart() { return pool_core::restart(core_); }
asio::awaitable<void> pool::drain() { return pool_core::drain(core_); }
pool_statistics pool::statistics() const noexcept { return core_->statistics(); }

} // namespace parlance
