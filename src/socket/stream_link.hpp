#pragma once
/// One connection: a channel, and what is said over it. Of a server's peer it is the link; a client has one after
/// another.

#include "channel/waiters.hpp"
#include "socket/core.hpp"

#include <parlance/channel.hpp>

#include <chrono>

namespace parlance {

class stream_link final : public socket_peer::link, public std::enable_shared_from_this<stream_link> {
public:
    using self = std::shared_ptr<stream_link>;
    stream_link(std::shared_ptr<socket_settings const> how, stream bytes, address place, asio::any_io_executor loop,
                std::chrono::milliseconds grace, bool one_at_a_time = false);

    asio::awaitable<std::uint64_t> send(message frame) override;
    bool try_send(message& frame) override;
    void close() override;
    bool is_connected() const noexcept override { return !closing_; }

    /// Everything that the peer says, told to `core` as `whose`; returns when it says no more.
    static asio::awaitable<void> hear(self, socket_core::self core, socket_peer whose);
    /// Flushes within the grace, ends the conversation, and gives back what was not written. A second call gives none,
    /// and waits for the first.
    static asio::awaitable<std::vector<message>> finish(self, std::chrono::milliseconds grace);
    /// Resumes when `finish` or `close` is done with flushing.
    static asio::awaitable<void> until_flushed(self);
    /// What is accepted and not read is lost.
    void drop() noexcept;

    channel talk;
    unconfirmed_count numbers;

private:
    static asio::awaitable<void> closing(self);

    asio::any_io_executor executor_;
    std::chrono::milliseconds grace_;
    waiters finished_, heard_all_;
    bool closing_ = false, closed_ = false, hears_no_more_ = false;
    std::vector<message> left_;
};

} // namespace parlance
