#pragma once
/// SIGINT, SIGTERM, SIGHUP and SIGQUIT as events.

#include <parlance/asio.hpp>
#include <parlance/fd.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <csignal>
#include <optional>

namespace parlance::cli {

struct received_signal {
    int number;
    bool from_terminal; ///< a key was pressed: everybody in the terminal's foreground group got it, not only we
};

/// While it lives the four signals are blocked in this thread, and in those it starts, and come by `next` alone.
/// SIGHUP and SIGQUIT are left alone where our parent told us to ignore them (nohup).
class signal_watch {
public:
    signal_watch();
    ~signal_watch();
    signal_watch(signal_watch const&) = delete;
    signal_watch& operator=(signal_watch const&) = delete;

    /// The same signal again within 100 ms is the same one.
    asio::awaitable<received_signal> next();
    /// Drops what has come and was not asked for.
    void forget() noexcept;
    /// From now on the signals do what they do to every program.
    void let_go() noexcept;

private:
    sigset_t watched_, before_;
    unique_fd fd_;
    std::optional<asio::posix::stream_descriptor> reader_;
    int last_ = 0;
    std::chrono::steady_clock::time_point last_came_{};
};

} // namespace parlance::cli
