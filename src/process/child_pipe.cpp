#include "process/child_pipe.hpp"

#include <poll.h>

#include <algorithm>

namespace parlance {
namespace {

/// True while it lives.
class during {
public:
    explicit during(bool& what) : what_(what) { what_ = true; }
    during(during const&) = delete;
    during& operator=(during const&) = delete;
    ~during() { what_ = false; }

private:
    bool& what_;
};

} // namespace

bool has_bytes(int readable) noexcept {
    pollfd source{.fd = readable, .events = POLLIN, .revents = 0};
    return ::poll(&source, 1, 0) == 1 && (source.revents & POLLIN) != 0;
}

child_pipe::child_pipe(std::shared_ptr<child_core> core, unique_fd readable, unique_fd writable)
    : core_(std::move(core)), readable_(readable.get()), inner_(std::move(readable), std::move(writable)),
      reads_(readable_ >= 0) {
    core_->pipes_.push_back(this);
}

child_pipe::child_pipe(std::shared_ptr<child_core> core, unique_fd both)
    : core_(std::move(core)), readable_(both.get()), inner_(std::move(both)), reads_(true) {
    core_->pipes_.push_back(this);
}

child_pipe::~child_pipe() {
    std::erase(core_->pipes_, this);
    core_->notify();
}

void child_pipe::bind(asio::any_io_executor const& executor) { core_->bind(executor); }

void child_pipe::reached_end() noexcept {
    if (std::exchange(reads_, false)) core_->notify();
}

void child_pipe::give_up() noexcept {
    given_up_ = true;
    if (writing_) inner_.close_write();
    if (!reading_ || has_bytes(readable_)) return; // what is there is read before the end is told
    inner_.close();
    reads_ = false;
}

asio::awaitable<std::size_t> child_pipe::read_some(std::span<char> into) {
    if (!bound()) bind_to(co_await asio::this_coro::executor);
    if (!reads_ || (core_->gave_up_pipes() && !has_bytes(readable_))) {
        reached_end();
        co_return 0;
    }
    std::size_t got = 0;
    try {
        during const now(reading_);
        got = co_await inner_.read_some(into);
    } catch (boost::system::system_error const& fault) {
        if (!given_up_ || fault.code() != asio::error::operation_aborted) throw;
    }
    if (got > 0) core_->heard_something();
    if (got == 0 && !into.empty()) reached_end();
    co_return got;
}

asio::awaitable<std::size_t> child_pipe::write_some(std::span<std::string_view const> parts, int descriptor) {
    if (!bound()) bind_to(co_await asio::this_coro::executor);
    try {
        during const now(writing_);
        co_return co_await inner_.write_some(parts, descriptor);
    } catch (boost::system::system_error const& fault) {
        if (!given_up_ || fault.code() != asio::error::operation_aborted) throw;
    }
    throw failure(errc::peer_closed, {.input = "standard input of " + core_->command(), .reason = "it has ended"});
}

std::size_t child_pipe::try_write(std::span<std::string_view const> parts, int descriptor) {
    return inner_.try_write(parts, descriptor);
}

void child_pipe::close_write() noexcept { inner_.close_write(); }

void child_pipe::close() noexcept {
    inner_.close();
    reached_end();
}

} // namespace parlance
