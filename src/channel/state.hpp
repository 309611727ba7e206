#pragma once
/// The inside of a channel. It is shared with the coroutines that are under way, so that the channel may be dropped.
///
/// Sending:   send -> `gathering_` -> (swapped) `writing_` -> stream. The first message of a turn of the event loop
/// posts
///            a flush, so that all messages of the turn leave together; `pump` writes what does not fit at once. Only
///            the first message after a read goes at once.
/// Receiving: stream -> `in_` -> the cutter -> receive. Nothing is cut before it is asked for.

#include "channel/batch.hpp"
#include "channel/waiters.hpp"
#include "stream/inbox.hpp"
#include "wire/cutter.hpp"

#include <parlance/channel.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <deque>
#include <exception>

namespace parlance {

struct channel::state : std::enable_shared_from_this<channel::state> {
    using self = std::shared_ptr<state>;
    using time_point = waiters::time_point;
    static constexpr auto never = time_point::max();

    state(stream bytes, framing frames, channel_options const& options);

    // sending.cpp. A static function is a coroutine that keeps the state alive.
    static asio::awaitable<void> send(self, message);
    bool try_send(message&);
    static asio::awaitable<void> flush(self);
    /// Returns when so many bytes of all that was ever accepted are written, or cannot be. Others may go on sending.
    static asio::awaitable<void> until_written(self, std::uint64_t bytes);
    static asio::awaitable<std::vector<message>> close(self, std::chrono::milliseconds patience);
    void flush_now();
    // The same in parts, for who has more to say on the way.
    void check_open() const;
    void refuse(message const&) const;
    bool must_wait() const noexcept;
    bool is_full() const noexcept;
    /// Returns when it is this message's turn: those who came first are in front.
    static asio::awaitable<void> wait_for_room(self);
    /// Whether or not there is room.
    void accept(message);
    std::size_t pending() const noexcept { return writing_->left() + gathering_->left() + queued_bytes_; }
    void bind_to(asio::any_io_executor const& executor) {
        if (!executor_) executor_ = executor;
    }

    // receiving.cpp
    static asio::awaitable<std::optional<message>> receive(self);
    static asio::awaitable<std::vector<message>> receive_some(self);
    /// The next message that was read; none where more must be read, or at the end. Throws what `receive` throws.
    std::optional<message> take();
    /// The byte of the stream at which the frame began that was cut last, or could not be.
    std::uint64_t frame_begin() const noexcept { return frame_begin_; }
    /// The beginning of the frame for which `take` threw, until the next read: some bytes, or all.
    std::string_view refused() const noexcept { return refused_; }
    /// How many bytes were cut.
    std::uint64_t cut_bytes() const noexcept { return cutter_.offset(); }
    /// Reads once, or waits until another coroutine did. Throws errc::timed_out at `deadline` or after `idle_timeout`.
    static asio::awaitable<void> fill(self, time_point deadline = never);

    /// The channel is gone; everything under way ends.
    void drop() noexcept;

    stream bytes_;
    framing const frames_;
    channel_options const options_; // without its name, which is a view
    std::string const name_;
    channel_statistics statistics_;
    std::function<void(std::string_view)> on_noise_;
    std::function<void()> on_write_fault_;         ///< called once it is known
    std::optional<boost::system::error_code> end_; ///< of what the peer sends
    std::optional<failure> write_fault_;

private:
    // sending.cpp
    void schedule_flush();
    bool load();
    void wrote(std::size_t);
    void write_failed(boost::system::system_error const&);
    void start_pump();
    static asio::awaitable<void> pump(self);
    void rest() noexcept;
    static asio::awaitable<void> wait_until_written(self, time_point deadline);
    static asio::awaitable<std::vector<message>> closing(self, std::chrono::milliseconds patience);
    bool waits_for_answer() const noexcept { return options_.one_at_a_time && !may_write_ && writing_->empty(); }

    // receiving.cpp
    std::optional<message> cut_one();
    std::optional<message> judge(wire::cut const&);
    bool is_message(std::string_view) const noexcept;
    void pass_noise(wire::cut const&);
    void answered();
    void finish(boost::system::error_code) noexcept;
    [[noreturn]] void fail(errc, wire::cut const&);
    void took(std::size_t count) noexcept;
    void reading_failed(boost::system::system_error const&);
    static asio::awaitable<bool> read_once(self);
    static asio::awaitable<void> read_until(self, time_point);

    asio::any_io_executor executor_; // of the first coroutine that awaits us
    bool dropped_ = false;

    std::array<batch, 2> batches_;
    batch *gathering_ = &batches_[0], *writing_ = &batches_[1]; ///< swapped by address: neither moves
    std::deque<message> queue_;                                 ///< one_at_a_time: accepted, and waiting for their turn
    std::size_t queued_bytes_ = 0;
    bool may_write_ = true; ///< one_at_a_time: the last message was answered
    bool flush_posted_ = false, pumping_ = false, closed_ = false;
    bool answering_ = false; ///< nothing was sent since the last read: the next message, perhaps an answer, does not
                             ///< wait for the end of the turn, which would cost a pass of the loop for each round trip
    unsigned writes_at_once_ = 0; ///< in a row, from within `send`
    std::shared_ptr<asio::cancellation_signal> stop_pump_;
    waiters room_, written_;

    wire::cutter cutter_;
    inbox in_;
    std::uint64_t frame_begin_ = 0;
    std::string_view refused_;
    std::deque<message> ready_;   ///< one_at_a_time: cut while a flush waited for an answer
    std::exception_ptr deferred_; ///< a fault behind messages that are handed out first
    bool reading_ = false, input_ended_ = false;
    std::exception_ptr read_fault_;
    waiters read_;
};

/// What a carrier said beyond its code: TLS's reasons are in no code.
inline std::string reason_of(boost::system::system_error const& fault) {
    auto const* const told = dynamic_cast<failure const*>(&fault);
    return told && told->code() == errc::tls_failed ? told->details().reason : std::string();
}

} // namespace parlance
