#pragma once
/// Lines of JSON on our standard input and output on one side, a program on the other.

#include "cli/child_options.hpp"
#include "cli/listener.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace parlance::cli {

/// What a bridge knows of both directions. Shared by the coroutines that carry it.
struct bridge {
    bridge(std::unique_ptr<talk> with, std::string peer_name, command_line& told, asio::any_io_executor const& loop)
        : way(std::move(with)), peer(std::move(peer_name)), line(told), from_peer(*way, loop) {}

    std::unique_ptr<talk> way;
    std::string peer; ///< what the other side is called: "node child.js"
    command_line& line;
    bool bad_input = false;     ///< a line of our input was no message
    bool broken = false;        ///< the peer broke the framing, or printed noise where that is an error
    bool heard = false;         ///< at least one message of the peer's came
    bool output_gone = false;   ///< nobody reads our standard output any more
    bool reading_input = false; ///< the input is waited for, and nothing else
    std::size_t not_taken = 0;  ///< messages that the peer did not take
    listener from_peer;         ///< `over` when its last message is on our standard output
};

/// Carries both ways between us and a program that was just started, to its end, and says what our exit status is.
/// `signals` were watched when it was started.
asio::awaitable<int> carry(child& running, std::unique_ptr<talk> with, signal_watch& signals,
                           child_request const& asked, command_line& line);

} // namespace parlance::cli
