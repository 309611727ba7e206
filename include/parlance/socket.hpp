#pragma once
/// Sockets in the manner of node-ipc: named messages over Unix sockets, TCP and UDP. Either end may be an unmodified
/// node-ipc (docs/socket.md, where each of its words is found again).
///
///     server world("world"); // /tmp/app.world, where node-ipc's clients look for it
///     world.on("message", [](socket_event const& m) -> asio::awaitable<void> {
///         co_await m.peer.emit("message", std::string(m.json().as_string()) + " world!");
///     });
///     co_await world.run();
///
///     client world("world");
///     co_await world.emit("message", "hello");
///     if (auto answer = co_await world.receive()) std::cout << answer->text() << '\n'; // "hello world!"

#include <parlance/address.hpp>
#include <parlance/asio.hpp>
#include <parlance/dial.hpp>
#include <parlance/error.hpp>
#include <parlance/message.hpp>
#include <parlance/text_encoding.hpp>
#include <parlance/tls.hpp>

#include <sys/types.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace parlance {

/// What a message carries, as JSON. `co_await peer.emit("sum", 3)`; nothing is `{}`, as in node-ipc.
class socket_data {
    template <class T>
    static constexpr bool is_text =
        std::convertible_to<T, std::string_view> && !std::same_as<std::remove_cvref_t<T>, std::nullptr_t>;

public:
    socket_data() : text_("{}") {}
    template <class Value>
        requires std::convertible_to<Value, json::value> && (!is_text<Value>)
    socket_data(Value&& value) : socket_data(json::value(std::forward<Value>(value)), 0) {}
    template <class Text>
        requires is_text<Text>
    socket_data(Text const& text) : socket_data(json::value(std::string_view(text)), 0) {}
    /// JSON text as it stands. Whether it is JSON is looked at when it is emitted.
    explicit socket_data(message json_text) noexcept : text_(std::move(json_text).text()), checked_(false) {}

    std::string_view text() const noexcept { return text_; }
    bool is_checked() const noexcept { return checked_; }

private:
    socket_data(json::value const& value, int);
    std::string text_;
    bool checked_ = true;
};

/// Messages of one conversation by their numbers, counted from 1 in the order in which they were accepted.
struct message_range {
    std::uint64_t first = 1, last = 0; ///< none where last < first
    bool empty() const noexcept { return last < first; }
    bool operator==(message_range const&) const = default;
};

/// The other side of one conversation: node-ipc's `socket`. A handle, cheap to copy; it may outlive the connection.
class socket_peer {
public:
    class link;
    socket_peer() = default; ///< nobody
    explicit socket_peer(std::shared_ptr<link>) noexcept;

    /// Resumes when the message is accepted, which waits while the peer does not read; its number. Accepted is not yet
    /// delivered: the event `disconnect` says which may not have been.
    /// Throws failure: errc::invalid_argument (an empty type; a name of Object.prototype's such as "constructor", of
    /// which @achrinza/node-ipc 10 and node-ipc 12 die; a raw socket), errc::not_json, errc::message_too_large,
    /// errc::peer_closed.
    asio::awaitable<std::uint64_t> emit(std::string_view type, socket_data data = {}) const;
    /// Accepts it now, or says false where `emit` would wait. For handlers that are plain functions. Throws the same.
    bool try_emit(std::string_view type, socket_data const& data = {}) const;
    /// Raw sockets only: these bytes. UDP: a datagram of its own.
    asio::awaitable<std::uint64_t> write(std::string bytes) const;
    /// Flushes what was accepted, then ends the conversation; its `disconnect` follows.
    void close() const;

    explicit operator bool() const noexcept { return link_ != nullptr; }
    bool operator==(socket_peer const&) const = default;
    /// 1, 2, 3, … in the order in which they came; 0 of a client's server.
    std::uint64_t number() const noexcept;
    /// node-ipc's socket.id: the last `id` in the data of a message of the peer's; null before there was one. The peer
    /// chose it: it proves nothing.
    json::value id() const;
    /// Who is there: Unix sockets only.
    std::optional<credentials> who() const noexcept;
    address const& from() const noexcept;
    bool is_connected() const noexcept;

private:
    friend class socket_core;
    std::shared_ptr<link> link_;
};

/// What happened.
enum class happened {
    start,      ///< server: it listens
    connect,    ///< a connection is there; TLS: after the handshake
    message,    ///< a message, or, raw, bytes
    error,      ///< `fault` says which; the conversation goes on unless a `disconnect` follows
    disconnect, ///< a connection is over; client: or could not be made
    destroy,    ///< client: it tries no more. The last event
};
std::string_view name_of(happened) noexcept; ///< "start", "connect", …

/// One thing that happened. Move-only. A handler's is valid until the handler returns.
class socket_event {
public:
    happened what = happened::message;
    socket_peer peer;                     ///< of `start` and `destroy`: nobody
    std::shared_ptr<failure const> fault; ///< of `error`
    /// Of `disconnect`: written to it, and it cannot be known whether the peer read it. Before the first, everything
    /// was delivered as far as the program said so (`client::confirm`).
    message_range unconfirmed;
    /// Of `disconnect`: accepted and never written. A server's are lost; a client's wait in its offline buffer.
    std::vector<message> undelivered;

    /// The message's type; empty of raw bytes, and where a peer sent none.
    std::string_view type() const noexcept;
    /// The message's data, as JSON, as it came; empty where the peer sent none. Raw: the bytes.
    std::string_view text() const noexcept;
    /// The same, parsed when first asked for; null where there is none. Raw: a string, in the socket's encoding.
    json::value const& json() const;

    socket_event() = default;
    explicit socket_event(happened kind, socket_peer whose = {}) : what(kind), peer(std::move(whose)) {}

private:
    friend class socket_core;
    struct span {
        std::size_t begin = 0, size = 0;
    };
    std::string frame_;
    span type_, data_;
    std::string decoded_type_; ///< where the frame does not spell it
    mutable std::unique_ptr<json::value> value_;
    text_encoding encoding_ = text_encoding::utf8;
    bool raw_ = false;
};

/// By node-ipc's names where it has one. Views are copied.
struct server_options {
    std::string_view socket_root = "/tmp/"; ///< of the default path, socket_root + appspace + id: put together as it is
    std::string_view appspace = "app.";
    bool private_directory = false; ///< instead: $XDG_RUNTIME_DIR/parlance/, which is made, for us alone
    mode_t mode = 0600;             ///< of the socket file, before anybody can connect
    bool readable_all = false;      ///< mode | 0444
    bool writable_all = false;      ///< mode | 0222, which lets every user connect
    bool unlink = true;             ///< take the place of a socket on which nobody listens; never of a live one
    std::size_t max_connections = std::numeric_limits<std::size_t>::max(); ///< more are closed as soon as they come
    bool raw = false;                             ///< node-ipc's rawBuffer: no messages, bytes as they come
    text_encoding encoding = text_encoding::utf8; ///< of raw bytes as text; bytes themselves are never touched
    char delimiter = '\f';                        ///< behind each message; this server's alone
    bool empty_as_object = false;                 ///< send null and "" as {}, as node-ipc 9 does
    std::size_t message_limit_bytes = 64 << 20;   ///< one message, either way
    std::size_t write_buffer_bytes = 1 << 20;     ///< waiting for one peer before `emit` suspends
    std::chrono::milliseconds keepalive{0};       ///< TCP: as in dial_options
    std::chrono::milliseconds grace{5000}; ///< for a peer to take what it was sent, when it or we end the conversation
    /// TCP. `connect` comes after the handshake; a peer with which there is none is an `error` event (errc::tls_failed)
    /// and nothing else.
    std::optional<tls_options> tls{};
};

/// By node-ipc's names where it has one. Views are copied.
struct client_options {
    static constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max();
    std::string_view socket_root = "/tmp/"; ///< as the server's
    std::string_view appspace = "app.";
    bool private_directory = false;
    std::chrono::milliseconds retry{500};       ///< from the end of a connection, or an attempt, to the next attempt
    std::chrono::milliseconds retry_most{0};    ///< doubles up to this; not above `retry`: always the same
    std::uint64_t max_retries = for_ever;       ///< attempts after each disconnect
    std::chrono::milliseconds dial_timeout{0};  ///< of one attempt; 0 leaves it to the system
    bool sync = false;                          ///< one message at a time: the next when one came back
    std::size_t offline_buffer_bytes = 1 << 20; ///< kept while there is no connection; 0: `emit` fails then
    bool raw = false;
    text_encoding encoding = text_encoding::utf8;
    char delimiter = '\f';
    bool empty_as_object = false;
    std::size_t message_limit_bytes = 64 << 20;
    std::size_t write_buffer_bytes = 1 << 20;
    std::chrono::milliseconds keepalive{0};
    std::string_view local_host{}; ///< node-ipc's interface: to connect from
    std::uint16_t local_port = 0;
    ip_family family = ip_family::any;
    std::optional<tls_options> tls{}; ///< TCP; connected is who has shaken hands
};

/// Hears events: a plain function, or a coroutine, which the conversation waits for before it goes on with the next
/// message. What it throws becomes an `error` event; where nobody hears that, it is printed on standard error.
class socket_handler {
public:
    template <class F>
        requires std::invocable<F&, socket_event const&>
    socket_handler(F f) {
        if constexpr (std::same_as<std::invoke_result_t<F&, socket_event const&>, asio::awaitable<void>>)
            coroutine = std::move(f);
        else
            plain = std::move(f);
    }
    std::function<void(socket_event const&)> plain;
    std::function<asio::awaitable<void>(socket_event const&)> coroutine;
};

class server_core;
class client_core;

/// Listens, and talks to everybody who comes. Move-only; not thread-safe: use it on the executor of the coroutine that
/// first awaits it. It may not outlive the event loop. Dropped, it ends everything at once.
class server {
public:
    /// On socket_root + appspace + id: /tmp/app.world.
    explicit server(std::string_view id, server_options options = {});
    /// On a path, TCP, or UDP. Over UDP each datagram carries whole messages, of 65,507 bytes at most; who sent one is
    /// a peer, and is remembered (10,000 at most, or `max_connections`); nothing tells whether a message arrived.
    /// Throws failure, as the other: errc::invalid_argument (TLS over anything but TCP; files that it cannot use).
    explicit server(address where, server_options options = {});
    server(server&&) noexcept;
    server& operator=(server&&) noexcept;
    ~server();

    /// Calls `hear` for each message of this type. These names are events and never a peer's message: "start",
    /// "connect", "error", "disconnect" (also "socket.disconnected", "close"), "destroy", and, raw, "data". "*" is
    /// every message, those with such a name as their type too. Handlers run in the order in which they were added.
    void on(std::string_view name, socket_handler hear);
    /// Only who is let in by it stays: `world.allow([](socket_peer const& p) { return p.who()->uid == 0; });`
    /// Who is not is an `error` event (EACCES), and nothing of it is read.
    void allow(std::function<bool(socket_peer const&)> predicate);

    /// Listens when it resumes; `run` and `next` do it where it was not done. Throws what parlance::listen throws.
    asio::awaitable<void> start();
    /// Serves until `stop`. Throws what `start` throws.
    asio::awaitable<void> run();
    /// For those who prefer a loop: the next event for which there is no handler; none when it was stopped. Events wait
    /// here, and those who send them wait with them.
    asio::awaitable<std::optional<socket_event>> next();
    /// Lets nobody in any more, flushes what was accepted, within the grace, and closes all. Resumes when that is done.
    asio::awaitable<void> stop();

    /// To all; waits while one of them does not read. How many took it.
    asio::awaitable<std::size_t> broadcast(std::string_view type, socket_data data = {});
    asio::awaitable<std::size_t> broadcast_bytes(std::string bytes); ///< raw
    std::vector<socket_peer> peers() const;
    /// TLS: as tls_context::reload; those who are connected stay.
    void reload_certificates();
    /// UDP: somebody who need not have said anything yet; a broadcast reaches it from then on. Starts the server.
    asio::awaitable<socket_peer> peer_at(std::string host, std::uint16_t port);
    /// Where it listens, once it does.
    address const& where() const noexcept;

private:
    std::shared_ptr<server_core> core_;
};

/// One connection that comes back: when it ends, it is made anew. Move-only; not thread-safe: use it on the executor of
/// the coroutine that first awaits it. It may not outlive the event loop. Dropped, it ends at once.
class client {
public:
    /// To socket_root + appspace + id: node-ipc's connectTo(id). Nothing happens before the first await.
    explicit client(std::string_view id, client_options options = {});
    /// To a path or TCP: node-ipc's connectToNet. UDP has no clients: serve, and use `peer_at`.
    explicit client(address where, client_options options = {});
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;
    ~client();

    void on(std::string_view name, socket_handler hear); ///< as server::on

    /// Resumes when it is connected. Throws failure: errc::peer_closed, with the last fault, when `max_retries` is
    /// over.
    asio::awaitable<void> connect();
    /// Resumes when it is destroyed: no more retries, or `disconnect`.
    asio::awaitable<void> run();
    /// The next event for which there is no handler; none after `destroy`.
    asio::awaitable<std::optional<socket_event>> next();
    /// The next message; other events are only for handlers. None when it is destroyed.
    asio::awaitable<std::optional<socket_event>> receive();

    /// As socket_peer::emit; while there is no connection, into the offline buffer, which is sent, in order, when there
    /// is one again. What it has no room for waits for the end of the first attempt to connect, never of a later one.
    /// Throws also failure: errc::not_connected (there is no buffer), errc::offline_buffer_full, errc::channel_closed
    /// after it was destroyed: nothing was accepted.
    asio::awaitable<std::uint64_t> emit(std::string_view type, socket_data data = {});
    bool try_emit(std::string_view type, socket_data const& data = {});
    asio::awaitable<std::uint64_t> write(std::string bytes); ///< raw
    /// The program knows, by an answer of the peer's, that the messages up to this number arrived.
    void confirm(std::uint64_t number);
    /// Waits until all that was accepted is written to the system; while there is no connection, for one.
    asio::awaitable<void> flush();

    /// Flushes, within `patience`, then ends; `disconnect` and `destroy` follow. Gives back, in order, what was not
    /// written. node-ipc throws away what was not flushed.
    asio::awaitable<std::vector<message>> disconnect(std::chrono::milliseconds patience = std::chrono::seconds(5));
    bool is_connected() const noexcept;
    socket_peer peer() const;   ///< the server
    void reload_certificates(); ///< as the server's

private:
    std::shared_ptr<client_core> core_;
};

} // namespace parlance
