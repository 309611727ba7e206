#pragma once
/// How a worker that lives long is talked to: over its standard input and output, or over Node's IPC channel.

#include "work/pipes.hpp"
#include "work/worker_process.hpp"

#include <parlance/message.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// The first message that an ended worker did not answer.
struct unanswered {
    std::uint64_t from_byte = 0; ///< where it begins in all that was written
    std::uint64_t bytes = 0;     ///< its own, where it `is_last`
    bool is_last = false;        ///< no other was written behind it
    bool answered = false;       ///< the worker answered another before it
};

class worker_talk {
public:
    virtual ~worker_talk() = default;

    /// The worker's ends, for its start; then `begin`.
    virtual void give_to(worker_start& how) = 0;
    virtual void begin(std::shared_ptr<crew>, std::shared_ptr<worker_process>) = 0;

    /// Throws failure: errc::message_too_large, errc::not_json, after which the next may be sent; others.
    virtual asio::awaitable<void> send(std::string json) = 0;
    /// What it said, at least one message; none at the end. What is no message is shown.
    virtual asio::awaitable<std::vector<message>> receive() = 0;
    /// Tells it that no more comes.
    virtual asio::awaitable<void> say_goodbye() = 0;
    /// Nothing more is said or heard.
    virtual void close() noexcept = 0;

    /// Its process has just ended; others may still hold what it was talked to over.
    virtual void worker_ended() noexcept {}
    /// For `last_words`: what it said lies there, so many bytes of it were read.
    virtual int read_end() const noexcept = 0;
    virtual std::uint64_t bytes_in() const noexcept = 0;
    /// After its end: whether it read anything that it was given.
    virtual bool took_anything(bool answered) const noexcept = 0;
    virtual bool has_begun(unanswered const& first) const noexcept = 0;
    /// What it did when it says no more and lives: "the worker closed its standard output".
    virtual std::string_view how_it_left() const noexcept = 0;
};

std::unique_ptr<worker_talk> talk_in_lines();
std::unique_ptr<worker_talk> talk_over_ipc();

/// What is known of an ended worker's socket.
struct socket_end {
    std::uint64_t written = 0; ///< bytes that went into it
    bool left_bytes = false;   ///< some of them were not read
};
/// A socket does not tell how much was left: a worker that left anything and answered nothing is taken to have read
/// nothing. Pure, as the next.
bool took_anything(socket_end const&, bool answered) noexcept;
/// The worker may have been at this message. In doubt it was, so that a message which kills its workers goes dead in
/// the end; there is none where what it left can only be this message, and that is no longer than one read of Node's.
bool has_begun(socket_end const&, unanswered const& first) noexcept;

} // namespace parlance
