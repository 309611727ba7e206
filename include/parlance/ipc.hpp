#pragma once
/// Node's own channel between a process and a child of it: `child.send()` and `process.on('message')`, both ends, both
/// serializations, with sockets passed along. An unmodified Node program may be at the other end (docs/ipc.md).
///
///     auto child = parlance::fork("worker.js");
///     auto& talk = child.channel();
///     json::value const hello{{"text", "hi"}};
///     co_await talk.send(hello);
///     while (auto m = co_await talk.receive()) std::cout << m->text() << '\n';
///
/// and in a program that Node, or parlance, has forked:
///
///     if (auto talk = parlance::parent()) co_await talk->send(hello);

#include <parlance/channel.hpp>
#include <parlance/error.hpp>
#include <parlance/fd.hpp>
#include <parlance/js.hpp>
#include <parlance/message.hpp>

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>

#include <sys/socket.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace parlance {

class ipc_core;

/// How values are written: Node's `serialization` option. Both ends must have the same.
enum class serialization {
    json,     ///< JSON, a line each
    advanced, ///< V8's structured clone: also undefined, bigints, dates, maps, bytes, cycles (js.hpp)
};
std::string_view name_of(serialization) noexcept; ///< "json", "advanced"

/// A socket on its way between processes: what Node calls a sendHandle. Owns one descriptor, or none; move-only.
class ipc_handle {
public:
    /// What Node makes of it.
    enum class kind {
        none,
        server,          ///< net.Server: a listening TCP or Unix socket
        socket,          ///< net.Socket: a connected TCP or Unix socket
        native,          ///< net.Native: any stream socket, or a FIFO, as a raw handle
        datagram,        ///< dgram.Socket: a UDP socket
        native_datagram, ///< dgram.Native: the same as a raw handle
    };

    ipc_handle() = default;
    /// Throws failure: errc::invalid_argument for what is no such thing. Node dies of a file, a terminal or /dev/null,
    /// and takes no handle more after an eventfd: they are refused here, and so are a `socket` that was never connected
    /// and a `server` that cannot listen. A connection that its peer has left meanwhile is one.
    ipc_handle(kind what, unique_fd descriptor);

    /// One that goes on accepting here too.
    template <class Protocol, class Executor>
    static ipc_handle server(asio::basic_socket_acceptor<Protocol, Executor>& listening) {
        return {kind::server, copy_of(listening.native_handle())};
    }
    /// A connection that is no longer ours. Bytes that were read from it stay with whoever read them.
    template <class Protocol, class Executor>
    static ipc_handle socket(asio::basic_stream_socket<Protocol, Executor>&& connection) {
        return {kind::socket, unique_fd(connection.release())};
    }
    /// Both processes keep it: Node's `keepOpen`.
    template <class Protocol, class Executor>
    static ipc_handle copy_of(asio::basic_stream_socket<Protocol, Executor>& connection) {
        return {kind::socket, copy_of(connection.native_handle())};
    }
    template <class Protocol, class Executor>
    static ipc_handle datagram(asio::basic_datagram_socket<Protocol, Executor>& bound) {
        return {kind::datagram, copy_of(bound.native_handle())};
    }
    /// A descriptor of our own for what `fd` is. Throws failure with the system's code.
    static unique_fd copy_of(int fd);

    kind what() const noexcept { return kind_; }
    explicit operator bool() const noexcept { return static_cast<bool>(descriptor_); }
    int native() const noexcept { return descriptor_.get(); }
    unique_fd release() && { return std::move(descriptor_); }

    /// As an acceptor or socket of Asio's, which owns it from then on:
    /// `auto connection = m->take_handle().as<asio::ip::tcp::socket>(executor);`
    /// Throws failure: errc::invalid_argument where it is of another protocol.
    template <class Socket> Socket as(typename Socket::executor_type const& executor) && {
        using protocol = typename Socket::protocol_type;
        auto const how = protocol_of<protocol>(family());
        check_is(how.family(), how.type());
        return Socket(executor, how, descriptor_.release());
    }

    /// Names the server that accepted a connection, so that Node's `server.getConnections` and `'close'` count it while
    /// it lives in another process. Empty: not counted. See `ipc_channel::count_connections`.
    std::string key{};

private:
    friend class ipc_core;
    static ipc_handle received(kind what, unique_fd descriptor) noexcept; ///< whatever it is
    template <class Protocol> static Protocol protocol_of(int family) {
        if constexpr (requires { Protocol::v6(); })
            return family == AF_INET6 ? Protocol::v6() : Protocol::v4();
        else if constexpr (std::is_constructible_v<Protocol, int, int>)
            return Protocol(family, 0);
        else
            return Protocol();
    }
    int family() const;
    void check_is(int family, int type) const;

    kind kind_ = kind::none;
    unique_fd descriptor_;
};

/// One message of the channel: a value, and perhaps a handle. Move-only; not thread-safe.
class ipc_message {
public:
    ipc_message() = default; ///< undefined
    ipc_message(js::value v) : value_(std::make_unique<js::value>(std::move(v))) {}
    /// Of whatever js::value takes: a js::object, a js::date, a string, a number.
    template <class Value>
        requires(std::convertible_to<Value, js::value> && !std::same_as<std::remove_cvref_t<Value>, js::value>)
    ipc_message(Value&& v) : ipc_message(js::value(std::forward<Value>(v))) {}
    template <class Value>
        requires std::same_as<std::remove_cvref_t<Value>, json::value>
    ipc_message(Value&& v) : json_(std::make_unique<json::value>(std::forward<Value>(v))) {}
    /// Of JSON as it stands, which `send` looks through.
    explicit ipc_message(message json_text) : form_(form::json_text), raw_(std::move(json_text).text()) {}

    /// The value. Made when first asked for. Throws failure: errc::bad_frame (`advanced`: an object with a key twice).
    js::value const& value() const;
    /// The same as JSON has it. With `advanced` that is what JSON.stringify would make of it, and what JSON has not is
    /// lost: see js::to_json_value. Throws failure: errc::not_json (a bigint, a cycle).
    json::value const& json() const;
    /// The same as text: with `json` as it came; with `advanced` what JSON has not stands as js::to_tagged_json has it.
    /// Throws failure: errc::not_json where those forms would be more than 1,000 levels of JSON deep.
    std::string_view text() const&;

    /// The socket that came with it, once; empty where none did. What is not taken goes on with the message where that
    /// is sent.
    ipc_handle take_handle() noexcept;
    bool has_handle() const noexcept { return handle_ != nullptr; }

private:
    friend class ipc_core;
    enum class form : std::uint8_t { value, json_text, v8 };
    ipc_message(serialization how, std::string raw)
        : form_(how == serialization::json ? form::json_text : form::v8), raw_(std::move(raw)) {}

    form form_ = form::value; ///< of raw_, where there is one
    std::string raw_;
    mutable std::unique_ptr<js::value> value_;
    mutable std::unique_ptr<json::value> json_;
    mutable std::unique_ptr<std::string> text_;
    std::unique_ptr<ipc_handle> handle_;
};

/// Limits of one channel.
struct ipc_options {
    std::size_t message_limit_bytes = 64 << 20; ///< one message, either way. Of V8's bytes with `advanced`
    std::size_t write_buffer_bytes = 1 << 20;   ///< waiting to be written before `send` suspends
    /// Kept for `receive`, 16 handles at most, of what came while nobody received and yet something had to be read: the
    /// answer to a handle of ours, the end of a child, and, once a connection came that the peer counts (`key`), its
    /// questions, for as long as the channel lives. Beyond it nothing more is read until `receive` takes some.
    std::size_t read_ahead_bytes = 64 << 20;
    std::string_view name = "peer"; ///< what errors call the other side; copied
    /// After the peer's end our side stays open, for a peer that goes on reading after its `disconnect`, as ours do;
    /// a Node does not. Otherwise it ends too, as Node's does.
    bool allow_half_open = false;
};

/// One end of Node's channel. Owns its socket; move-only. Not thread-safe: use it on the executor of the coroutine that
/// first awaits it. It may not outlive the event loop. Dropped, it closes at once, as Node's process.exit() does; what
/// `disconnect` has not flushed is lost.
///
/// Source of the behaviour: Node 20 (docs/ipc.md). What kills a Node process is never sent.
class ipc_channel {
public:
    /// Over a Unix stream socket. `fork` and `parent` make the usual ones.
    ipc_channel(unique_fd socket, serialization how = serialization::json, ipc_options options = {});
    ipc_channel(stream bytes, serialization how, ipc_options options = {});
    ipc_channel(ipc_channel&&) noexcept;
    ipc_channel& operator=(ipc_channel&&) noexcept;
    ~ipc_channel();

    serialization mode() const noexcept;
    /// Until `disconnect`, or until the end of what the peer sends was read.
    bool connected() const noexcept;

    /// Resumes when the message is accepted, which waits while the peer does not read. Accepted is not yet delivered:
    /// see `disconnect`. Messages that wait leave together. Throws failure: errc::message_too_large, errc::not_json
    /// (text that is no JSON; with `json` a bigint, a cycle, undefined), errc::invalid_argument (a message that Node
    /// takes for one of its own: an object whose `cmd` begins with NODE_), after each of which nothing was sent;
    /// errc::peer_closed, errc::channel_closed.
    asio::awaitable<void> send(ipc_message m);
    /// Resumes when the peer has the handle. One is on its way at a time; messages that are sent later wait behind it.
    /// With an empty handle it is a message like any other. Throws as above, and failure: errc::handle_lost when the
    /// peer did not get it in four attempts, or ended before it said so.
    asio::awaitable<void> send(ipc_message m, ipc_handle handle);
    /// Accepts and takes `m` now, or says false and leaves it as it is: where `send` would wait, and before the first
    /// await of this channel. Throws what `send` throws.
    bool try_send(ipc_message& m);

    /// The next message, or none when the peer has disconnected (or is gone) and all that it sent was read. Messages
    /// that Node's own use (NODE_…) are seen to here, and not handed out.
    /// Throws failure: errc::not_a_message (`json`: a line that is no JSON), errc::bad_frame (`advanced`: no value),
    /// message_too_large, after which the next call goes on with the next message; errc::ended_inside_message, and in
    /// `advanced` bad_frame for a length of 2 GiB or more, end the conversation.
    /// Cancelled, it has taken nothing. Several coroutines may wait; each message goes to one of them.
    asio::awaitable<std::optional<ipc_message>> receive();
    /// What is here, up to 512 messages, at least one; an empty vector at the end. One wait for many messages.
    asio::awaitable<std::vector<ipc_message>> receive_some();

    /// Waits until all that was accepted is written, handles are acknowledged. Throws failure: errc::peer_closed.
    asio::awaitable<void> flush();
    /// Flushes, then ends our side; Node's 'disconnect'. Gives back, in order, the messages that the peer did not take
    /// because it closed, `patience` was over, or this was cancelled (it returns then). What the peer still sends can
    /// be received. A second call gives none.
    asio::awaitable<std::vector<ipc_message>>
    disconnect(std::chrono::milliseconds patience = std::chrono::milliseconds::max());
    /// Why the conversation ended: no value while it lasts, a success when the peer disconnected, else the fault.
    std::optional<boost::system::error_code> end() const noexcept;
    /// The peer closed, or died, before it read all that was written to it: some of what we sent is lost, and is not
    /// among what `disconnect` gives back. How much, nobody can say; it may be an acknowledgement alone. Known once
    /// `receive` has told the end.
    bool peer_left_unread() const noexcept;

    /// Of a server of ours that hands its connections to the peer with this `key`: how many of them live there.
    /// A peer that never got one of this key does not answer: give the wait an end. Throws failure: errc::peer_closed
    /// when it ends before it answers.
    asio::awaitable<std::size_t> count_connections(std::string key);
    /// The same, and resumes when the last one there is closed: what Node's server.close() waits for.
    asio::awaitable<void> wait_connections_closed(std::string key);

    /// Hears the messages of Node's own that are not seen to here: those of its cluster module.
    void on_internal(std::function<void(js::value const&, ipc_handle)> hear);
    /// Sends one, whose `cmd` begins with NODE_: for who knows what Node expects. Resumes as `send` does.
    asio::awaitable<void> send_internal(js::value m, ipc_handle handle = {});

    channel_statistics const& statistics() const noexcept;

private:
    friend class child;
    std::shared_ptr<ipc_core> core_;
};

/// In a program that was forked (by Node's fork, or `spawn` with an 'ipc', or by parlance): the channel to who did it.
/// None in a program that was not, and at each call but the first. Messages that come before it is awaited wait.
/// Call it before you start threads or children: it deletes NODE_CHANNEL_FD and NODE_CHANNEL_SERIALIZATION_MODE from
/// the environment, and sets the descriptor close-on-exec, so that children of ours do not write into it. Throws
/// failure: errc::invalid_argument where these variables are set and mean no open socket or no serialization.
std::optional<ipc_channel> parent(ipc_options options = {});

} // namespace parlance
