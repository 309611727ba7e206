#pragma once
/// Hearing a program to the end.

#include "cli/talk.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace parlance::cli {

/// Reads a program's messages for one coroutine, and lets another wait until all were taken: a process that the program
/// left behind may hold its output open for ever.
class listener {
public:
    listener(talk& to, asio::any_io_executor const& loop) : to_(to), changed_(loop) {}

    /// As `talk::receive`.
    asio::awaitable<std::vector<std::string>> next();
    /// The last of them is where it belongs; or they are of no more use.
    void over();
    /// After the program's end, until `over`. False where something holds its output open, and says nothing for a
    /// moment.
    asio::awaitable<bool> until_over();

private:
    talk& to_;
    bool waiting_ = false, over_ = false;
    std::uint64_t taken_ = 0;
    asio::steady_timer changed_;
};

} // namespace parlance::cli
