#pragma once
/// A conversation with a program, as lines of JSON see it.

#include "cli/command_line.hpp"

#include <parlance/channel.hpp>
#include <parlance/ipc.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::cli {

/// A channel of messages, each of them JSON on one line.
class talk {
public:
    virtual ~talk() = default;

    /// Resumes when it is accepted. `json` is valid. Throws failure: where `is_fault_of_a_message` its code, this one
    /// cannot be sent and the next may be; else the peer takes nothing more.
    virtual asio::awaitable<void> send(std::string json) = 0;
    /// What has come, at least one; none at the end. Throws failure. What of it is no message was told by then.
    virtual asio::awaitable<std::vector<std::string>> receive() = 0;
    /// After a throw of `receive`: its next messages can still be read.
    virtual bool goes_on_after(failure const&) const = 0;
    /// Flushes, and tells the peer that no more comes; says how many messages it did not take.
    virtual asio::awaitable<std::size_t> close() = 0;
    /// At its end: what it left unread, and nobody could count.
    virtual bool peer_left_unread() const noexcept { return false; }
};

/// Hears what is no message: passes it to our standard error, and says so once, with `advice`.
std::function<void(std::string_view)> tells_noise(std::string peer, std::string advice, command_line&);

bool is_fault_of_a_message(boost::system::error_code) noexcept;

/// Over the pipes of a program, which `peer` names. What it prints that is no message goes to our standard error, said
/// so once with `advice`, unless the channel's options say otherwise.
std::unique_ptr<talk> talk_over(channel, std::string peer, std::string advice, command_line&);

/// Over Node's channel. With `advanced` what JSON has not is written, and read, in its tagged forms. Handles that come
/// are closed, and that is told; so is, unless `bad` says otherwise, what is no message.
std::unique_ptr<talk> talk_over(ipc_channel, std::string peer, noise bad, command_line&);

} // namespace parlance::cli
