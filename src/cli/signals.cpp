#include "cli/signals.hpp"

#include <parlance/error.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/signalfd.h>

#include <cerrno>
#include <utility>

namespace parlance::cli {
namespace {

// timeout(1) signals its child and then the group that it is in; two that are meant to be two do not come so fast.
constexpr std::chrono::milliseconds one_signal_lasts{100};

bool is_ignored(int number) {
    struct sigaction now{};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

} // namespace

signal_watch::signal_watch() {
    ::sigemptyset(&watched_);
    for (auto const number : {SIGINT, SIGTERM}) ::sigaddset(&watched_, number);
    for (auto const number : {SIGHUP, SIGQUIT})
        if (!is_ignored(number)) ::sigaddset(&watched_, number);
    ::pthread_sigmask(SIG_BLOCK, &watched_, &before_);
    fd_ = unique_fd(::signalfd(-1, &watched_, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) throw_errno(errno, {.input = "signalfd"});
}

signal_watch::~signal_watch() { let_go(); }

void signal_watch::forget() noexcept {
    timespec const at_once{};
    while (::sigtimedwait(&watched_, nullptr, &at_once) > 0) {}
}

void signal_watch::let_go() noexcept { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

asio::awaitable<received_signal> signal_watch::next() {
    if (!reader_) reader_.emplace(co_await asio::this_coro::executor, fd_.release());
    for (;;) {
        signalfd_siginfo info{};
        co_await reader_->async_read_some(asio::buffer(&info, sizeof info), asio::use_awaitable);
        auto const now = std::chrono::steady_clock::now();
        auto const number = static_cast<int>(info.ssi_signo);
        if (std::exchange(last_, number) == number && now - last_came_ < one_signal_lasts) continue;
        last_came_ = now;
        co_return received_signal{number, info.ssi_code == SI_KERNEL};
    }
}

} // namespace parlance::cli
