#pragma once
/// From a place to a stream: `dial` connects, `listen` waits for those who do.
///
///     channel talk(co_await dial(address::unix_path("/run/app.sock")), framing::lines);
///
///     auto door = co_await listen(address::tcp("127.0.0.1", 8000));
///     for (;;) asio::co_spawn(loop, serve(co_await door.accept()), asio::detached);

#include <parlance/address.hpp>
#include <parlance/asio.hpp>
#include <parlance/stream.hpp>

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace parlance {

enum class ip_family { any, v4, v6 };

/// How to connect. What concerns TCP means nothing to a Unix socket.
struct dial_options {
    std::chrono::milliseconds timeout{0}; ///< for each attempt, names included; 0 leaves it to the system
    std::string_view local_host{};        ///< TCP: to connect from: a number, no name
    std::uint16_t local_port = 0;         ///< TCP
    ip_family family = ip_family::any;    ///< TCP: of a name's addresses only these
    /// TCP: a peer that has not answered for so long, though the system asked, is gone: a read then fails with
    /// ETIMEDOUT. Found also where bytes of ours wait to be acknowledged. 0 leaves it to the system: two hours.
    std::chrono::milliseconds keepalive{0};
};

/// The stream to whoever listens there. TCP sends at once (TCP_NODELAY); of a name's addresses the first that answers.
/// Throws failure: errc::timed_out; errc::invalid_argument (a path of more than 107 bytes, a UDP address); else the
/// system's code: ENOENT or ECONNREFUSED where nobody listens, EACCES where we may not. Cancelled, nothing is left.
asio::awaitable<stream> dial(address where, dial_options options = {});

/// Who is at the other end of a Unix socket: SO_PEERCRED, which nobody can forge. Of the process that connected, at
/// that time.
struct credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
    bool operator==(credentials const&) const = default;
};

/// One that came.
struct arrival {
    stream bytes;
    address from;                     ///< TCP: the peer's; unix: the path that it came through
    std::optional<credentials> who{}; ///< unix only
};

struct listen_options {
    mode_t mode = 0600; ///< unix: of the socket file, whatever the umask. It is never reachable with another
    bool unlink = true; ///< unix: take the place of a socket file on which nobody listens any more
    int backlog = 511;  ///< those who wait to be accepted
    std::chrono::milliseconds keepalive{0}; ///< TCP: as in dial_options, of those who come
};

/// Owns a listening socket and, on a path, its file, which goes with it. Move-only; not thread-safe; it may not outlive
/// the event loop.
class listener {
public:
    listener(listener&&) noexcept;
    listener& operator=(listener&&) noexcept;
    ~listener();

    /// The next that comes. One at a time. Waits out a lack of descriptors. Cancelled, it has taken nobody.
    /// Throws failure with the system's code; operation_aborted after `close`.
    asio::awaitable<arrival> accept();
    /// Where it listens; port 0 has become the one that the system chose.
    address const& where() const noexcept;
    /// Nobody is let in any more; the file goes, if it is still ours.
    void close() noexcept;

private:
    friend asio::awaitable<listener> listen(address, listen_options);
    struct state;
    explicit listener(std::shared_ptr<state>) noexcept;
    std::shared_ptr<state> state_;
};

/// Listens when it resumes. On a path it takes the place of a stale socket file, never of a live server, nor of a file
/// that is no socket; two that start at once do not take it from each other.
/// Throws failure: EADDRINUSE (who has it, as far as that can be seen), errc::invalid_argument (a path of more than 107
/// bytes, a UDP address), else the system's code.
asio::awaitable<listener> listen(address where, listen_options options = {});

} // namespace parlance
