#pragma once
/// Whole messages over a stream of bytes: send, receive, close.

#include <parlance/error.hpp>
#include <parlance/framing.hpp>
#include <parlance/message.hpp>
#include <parlance/stream.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace parlance {

/// Limits of one conversation.
struct channel_options {
    std::size_t message_limit_bytes = 64 << 20; ///< one message, either way; a larger one fails, it is never cut
    std::size_t write_buffer_bytes = 1 << 20;   ///< waiting to be written before `send` suspends
    std::size_t read_size_bytes = 256 << 10;    ///< asked of the stream at once, while messages are coming
    std::chrono::milliseconds idle_timeout{0};  ///< silence, while we wait, until errc::timed_out; 0 waits for ever
    parlance::noise noise = noise::to_stderr;   ///< what becomes of what is no message
    bool validate = true; ///< look whether each message is JSON, so that `[info] started` is noise; without it only the
                          ///< first byte is looked at, and `.json()` tells. `content_length` never looks
    bool one_at_a_time = false; ///< write a message only after the answer to the one before it: for peers that parse
                                ///< each chunk they read as one message, as the seed's script does (docs/framings.md)
    char delimiter = '\f';      ///< of framing::delimited
    std::string_view name = "peer"; ///< what errors call the other side: "stdout of `node child.js`"; copied
};

/// Counted since the channel was made.
struct channel_statistics {
    std::uint64_t messages_in = 0, messages_out = 0; ///< received; accepted
    std::uint64_t bytes_in = 0, bytes_out = 0;       ///< read from, written to the stream, framing included
    std::uint64_t reads = 0, writes = 0;             ///< calls of the stream that moved bytes
    std::uint64_t noise_lines = 0;                   ///< what was no message, blank lines not counted
};

/// One end of a conversation: whole messages out, whole messages in, each way in order.
/// Owns its stream; move-only. Not thread-safe: use it on the executor of the coroutine that first awaits it.
/// It may not outlive the event loop. Dropping it drops what `close` has not flushed. Wire: docs/framings.md.
class channel {
public:
    channel(stream bytes, framing frames, channel_options options = {});
    channel(channel&&) noexcept;
    channel& operator=(channel&&) noexcept;
    ~channel();

    /// Resumes when `m` is accepted, which waits while the peer does not read. Accepted is not yet delivered: see
    /// `close`. Messages that wait leave together, in one write.
    /// Throws failure: errc::message_too_large and errc::not_json (nothing was sent; `lines` allows no line break
    /// inside), errc::peer_closed, errc::channel_closed.
    /// Cancelled before acceptance, nothing of `m` is sent; after it, all of it is.
    asio::awaitable<void> send(message m);
    /// Accepts and takes `m` now, or says false and leaves it as it is: where `send` would wait, and before the first
    /// await of this channel. Throws what `send` throws. Spares a coroutine for each of very many messages:
    /// `if (!out.try_send(m)) co_await out.send(std::move(m));`
    bool try_send(message& m);

    /// The next whole message, or none once everything that the peer sent was read; `end()` then says why it ended.
    /// Throws failure: errc::message_too_large, errc::not_a_message (`noise::error`), after which the next call goes on
    /// with the next message; errc::timed_out (`idle_timeout`), after which it may be called again. The conversation is
    /// over, and later calls give none, after errc::bad_frame, message_too_large in `concatenated` and
    /// `content_length`, where nothing tells where the next message begins, errc::ended_inside_message (with the number
    /// of bytes that came), and an error of the system.
    /// Cancelled, it has taken nothing. Several coroutines may wait; each message goes to one of them.
    asio::awaitable<std::optional<message>> receive();
    /// What is here, up to 512 messages, at least one; an empty vector at the end. One wait for many messages.
    asio::awaitable<std::vector<message>> receive_some();
    /// The next message that has already been read from the stream; none does not mean the end.
    std::optional<message> try_receive();

    /// Waits until all that was accepted is written. Throws failure: errc::peer_closed; with `one_at_a_time`, where it
    /// reads the answers it waits for (they are kept), also what `receive` throws.
    asio::awaitable<void> flush();
    /// Flushes what was accepted, tells the peer that no more comes, and gives back, in order, what the peer did not
    /// take: messages that were not written whole before the peer closed, `patience` was over or this was cancelled (it
    /// returns then, it does not throw). Messages that the peer still sends can be received. A second call gives none.
    asio::awaitable<std::vector<message>> close(std::chrono::milliseconds patience = std::chrono::milliseconds::max());

    /// Why the conversation ended: no value while it lasts, a success after an orderly end, else the fault. It ends
    /// where what the peer sends ends; that the peer reads no more is told by `send`, `flush` and, at the end, by this.
    std::optional<boost::system::error_code> end() const noexcept;

    /// Hears each line that was no message (`noise::to_stderr`), instead of our standard error.
    void on_noise(std::function<void(std::string_view line)>);

    channel_statistics const& statistics() const noexcept;
    stream& bytes() noexcept;

private:
    friend class ipc_core; ///< Node's channel: the same engine, with a protocol of its own on top
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace parlance
