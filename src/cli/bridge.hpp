#pragma once
/// Lines of JSON on our standard input and output on one side, a channel on the other.

#include "cli/command_line.hpp"

#include <parlance/channel.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace parlance::cli {

/// What a bridge knows of both directions. Shared by the coroutines that carry it.
struct bridge {
    bridge(channel talk, std::string peer_name, command_line& line, asio::any_io_executor loop);

    channel talk;
    std::string peer; ///< what the other side is called: "node child.js"
    command_line& line;
    bool bad_input = false;        ///< a line of our input was no message
    bool broken = false;           ///< the peer broke the framing, or printed noise where that is an error
    bool output_gone = false;      ///< nobody reads our standard output any more
    bool reading_input = false;    ///< the input is waited for, and nothing else
    bool input_over = false;       ///< all of our input was given to the peer, or it takes no more
    std::size_t not_taken = 0;     ///< messages that the peer did not take
    bool waiting_for_peer = false; ///< its next message is waited for, and nothing else
    bool output_over = false;      ///< the peer's last message is on our standard output
    std::uint64_t taken = 0;       ///< messages that came from the peer
    asio::steady_timer changed;    ///< cancelled when output_over becomes true
};

/// Our standard input to the peer, a message for each line; at its end the channel is flushed and closed.
asio::awaitable<void> carry_input(std::shared_ptr<bridge>);
/// The peer's messages to our standard output, a line for each. Calls `stop_peer` when there is no use in going on.
asio::awaitable<void> carry_output(std::shared_ptr<bridge>, std::function<void()> stop_peer);
/// After the peer's end: until all that it sent is on our standard output. What holds its output open without saying
/// anything is waited for only for a moment.
asio::awaitable<void> finish_output(std::shared_ptr<bridge>);

} // namespace parlance::cli
