#include "process/child_watch.hpp"

#include "ipc/ipc_core.hpp"
#include "stream/descriptor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <sys/socket.h>

namespace parlance {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t read_bytes = 64 << 10; // what a pipe holds
constexpr int longest_run = 32;              // reads in a row before others of the event loop get a turn

/// Calls `leave` at the end of the scope.
template <class Leave> class at_exit {
public:
    explicit at_exit(Leave leave) : leave_(std::move(leave)) {}
    at_exit(at_exit const&) = delete;
    at_exit& operator=(at_exit const&) = delete;
    ~at_exit() { leave_(); }

private:
    Leave leave_;
};

/// What is there now, or the end (0) also where the pipe breaks: there is nothing more to read either way.
std::optional<std::size_t> read_or_end(int fd, std::span<char> into) {
    try {
        return read_now(fd, into);
    } catch (failure const&) {
        return 0;
    }
}

} // namespace

void child_core::start(asio::any_io_executor const& executor, asio::awaitable<void> watcher) {
    asio::co_spawn(executor, std::move(watcher), [self = shared_from_this()](std::exception_ptr const& fault) {
        if (fault && !self->fault_) self->fault_ = fault;
        if (fault) self->notify();
    });
}

void child_core::bind(asio::any_io_executor const& executor) {
    if (released_) return;
    drain(executor, 2);
    for (auto const& [number, kept] : kept_)
        if (kept.gives_lines()) drain(executor, static_cast<std::size_t>(number));
    if (auto input = input_.empty() ? unique_fd() : take(0))
        start(executor, feed(running(*this, &child_core::feeding_), std::move(input), std::move(input_)));
    if (!now_.exited && watching_ == 0) start(executor, watch_exit(running(*this, &child_core::watching_)));
    keep_supervised(executor);
}

// A coroutine that is started here runs at once up to its first wait, so what it is to see comes before it; and the
// supervisor of a child that has ended goes when there is nothing left to supervise.
void child_core::keep_supervised(asio::any_io_executor const& executor) {
    if (supervising_ == 0) start(executor, supervise(running(*this, &child_core::supervising_)));
}

void child_core::let_go_of_untaken(asio::any_io_executor const& executor) {
    if (input_.empty()) take(0);
    for (std::size_t number = 1; number < ours_.size(); ++number) {
        if (number >= 3 && ours_[number]) ::shutdown(ours_[number].get(), SHUT_WR);
        drain(executor, number);
    }
    keep_supervised(executor);
}

void child_core::drain(asio::any_io_executor const& executor, std::size_t number) {
    auto fd = take(number);
    if (!fd) return;
    read_away_.push_back(static_cast<int>(number));
    start(executor, read_away(running(*this, &child_core::draining_), std::move(fd), static_cast<int>(number)));
}

asio::awaitable<void> child_core::watch_exit(running self) {
    self->see_exit();
    if (self->now_.exited || !self->pidfd_) co_return;
    descriptor process(co_await asio::this_coro::executor, self->pidfd_.get());
    self->pidfd_watch_ = &process;
    at_exit const unwatch([&] {
        if (self->pidfd_watch_ == &process) self->pidfd_watch_ = nullptr, process.release();
    });
    while (!self->now_.exited && self->pidfd_watch_ != nullptr) {
        co_await process.async_wait(descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
        self->see_exit();
    }
}

asio::awaitable<void> child_core::supervise(running self) {
    alarm bell(co_await asio::this_coro::executor, *self);
    while (!self->released_) {
        if (self->now_.exited) self->read_channel(co_await asio::this_coro::executor);
        self->tell_exit();
        self->update();
        auto const step = next(self->now_, clock::now());
        if (step.what == next_step::kind::done) co_return;
        if (step.what == next_step::kind::wait)
            co_await bell.ring(step.until);
        else
            self->obey(step);
    }
}

asio::awaitable<void> child_core::read_away(running self, unique_fd fd, int number) {
    set_nonblocking(fd.get());
    descriptor source(co_await asio::this_coro::executor, fd.get());
    self->drains_.push_back(&source);
    at_exit const forget([&] {
        std::erase(self->drains_, &source);
        source.release();
    });
    auto const buffer = std::make_unique_for_overwrite<char[]>(read_bytes);
    pipe_widener pipe;
    for (int at_once = 0; !self->now_.gave_up_pipes;) {
        auto const room = self->kept_[number].room({buffer.get(), read_bytes});
        auto const got = read_or_end(fd.get(), room);
        if (got == 0) break;
        if (got) pipe.read_brought(fd.get(), *got), self->keep(number, {room.data(), *got});
        if (!got)
            co_await source.async_wait(descriptor::wait_read, asio::as_tuple(asio::use_awaitable));
        else if (++at_once % longest_run == 0)
            co_await asio::post(source.get_executor(), asio::use_awaitable);
    }
    self->keep_end(number);
}

void child_core::read_channel(asio::any_io_executor const& executor) {
    auto talk = talk_.lock();
    if (!talk || std::exchange(reads_channel_, true)) return;
    start(executor, read_talk(running(*this, &child_core::draining_), std::move(talk)));
}

asio::awaitable<void> child_core::read_talk(running self, std::shared_ptr<ipc_core> talk) {
    if (self->released_) co_return;
    static_cast<void>(co_await as_result(ipc_core::read_to_the_end(std::move(talk)))); // dropped, it is at its end too
}

asio::awaitable<void> child_core::feed(running self, unique_fd fd, std::string input) {
    stream into(unique_fd{}, std::move(fd));
    self->fed_ = &into;
    at_exit const forget([&] { self->fed_ = nullptr; });
    static_cast<void>(co_await as_result(into.write(std::move(input)))); // it need not read all of it, or any
}

/// Not thrown but returned: the caller's coroutine gets its own answer to cancellations back first.
asio::awaitable<std::exception_ptr> child_core::watch_to_the_end(std::shared_ptr<child_core> self) {
    alarm bell(co_await asio::this_coro::executor, *self);
    auto heeded = (co_await asio::this_coro::cancellation_state).cancelled();
    while (!self->finished()) {
        if (self->fault_) co_return self->fault_;
        if (self->released_)
            co_return std::make_exception_ptr(
                failure(errc::invalid_argument, {.input = self->command_, .reason = "was left on its own (detach)"}));
        bool const cancelled = co_await bell.ring(std::nullopt);
        // One that comes between a `wake` and what it woke does not reach the timer any more.
        auto const asked = (co_await asio::this_coro::cancellation_state).cancelled();
        if (!cancelled && asked == heeded) continue;
        heeded = asked;
        self->cancel(asked);
    }
    self->tell_exit();
    co_return self->hook_fault_;
}

asio::awaitable<void> child_core::until_finished(std::shared_ptr<child_core> self) {
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const fault = co_await watch_to_the_end(std::move(self));
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (fault) std::rethrow_exception(fault);
}

} // namespace parlance
