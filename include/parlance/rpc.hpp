#pragma once
/// JSON-RPC 2.0 on any channel, both ways at once: calls with a deadline, notifications, batches, and handlers that are
/// plain functions or coroutines. Which rule of the specification is where: docs/rpc.md.
///
///     rpc talk(child.messages());
///     auto const sum = co_await talk.call<int>("add", rpc_params(1, 2), {.timeout = 5s});
///
///     rpc talk(own_stdio());
///     talk.on("add", [](std::vector<int> const& numbers) { return numbers[0] + numbers[1]; });
///     co_await talk.serve();
///
/// A server that we start ourselves, with its handshake and its goodbye, is an `rpc_program` (rpc_program.hpp).

#include <parlance/channel.hpp>
#include <parlance/error.hpp>
#include <parlance/ipc.hpp>
#include <parlance/message.hpp>
#include <parlance/rpc_handler.hpp>

#include <chrono>
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

/// What is agreed beside JSON-RPC itself.
enum class rpc_protocol {
    plain, ///< nothing: a call that is given up is not told of
    lsp,   ///< language servers: `$/cancelRequest`; a request that was cancelled is answered, with -32800
    mcp,   ///< Model Context Protocol: `notifications/cancelled`; a request that was cancelled is not answered
};
std::string_view name_of(rpc_protocol) noexcept; ///< "plain", "lsp", "mcp"

/// What becomes of a message that is neither a request nor the reply to a call of ours.
enum class rpc_strays {
    answer, ///< with -32700 or -32600 and `"id":null`, as the specification has it
    skip,   ///< passed over: towards a program that may print JSON that is a log
    end,    ///< it ends the conversation: errc::not_a_message
};

/// Limits of one conversation. What is over them waits: memory is bounded whatever the peer does.
struct rpc_options {
    rpc_protocol protocol = rpc_protocol::plain; ///< of what we send; both forms of cancelling are always understood
    std::size_t calls_in_flight = 256;           ///< of ours, a batch counting as one; the next waits for its turn
    std::size_t requests_in_hand = 64;   ///< of the peer's that are being answered; with 1 they are one after another
    std::size_t requests_waiting = 1024; ///< of the peer's behind them; then we read no more. While a call of ours
                                         ///< waits for its answer we must: what comes is refused then (rpc_code::busy),
                                         ///< but for notifications, of which twice as many may wait
    std::size_t waiting_bytes = 8 << 20; ///< the same, in bytes of their parameters
    std::chrono::milliseconds finish_within{0}; ///< for requests in hand when what the peer sends has ended; then they
                                                ///< are cancelled. 0: as long as they take, while somebody reads
    rpc_strays strays = rpc_strays::answer;     ///< in any case `on_stray` hears of them
    std::string_view name = "peer";             ///< what errors call the other side; copied
};

struct rpc_call_options {
    std::chrono::milliseconds timeout{0}; ///< from the call to its answer; 0 waits for ever
};

/// The parameters of a call: none, JSON as it is spelled (a `message`), or whatever `to_json` takes. Two or more are
/// parameters by position.
class rpc_params {
public:
    rpc_params() = default;
    rpc_params(message json) : text_(std::move(json).text()) {}
    template <class T>
        requires(!std::is_base_of_v<rpc_params, T> && !std::is_same_v<T, message>)
    rpc_params(T const& value) : text_(detail::json_text(value)) {}
    template <class First, class Second, class... More>
    rpc_params(First const& first, Second const& second, More const&... more)
        : text_(detail::json_text(json::array{to_json(first), to_json(second), to_json(more)...})) {}

    std::string_view text() const& noexcept { return text_; } ///< empty: none
    std::string text() && noexcept { return std::move(text_); }

private:
    std::string text_;
};

/// Calls and notifications that go together, in one array.
class rpc_batch {
public:
    /// The answer to it has this index in what `rpc::call` gives back.
    std::size_t call(std::string method, rpc_params params = {});
    void notify(std::string method, rpc_params params = {});
    bool empty() const noexcept { return items_.empty(); }

private:
    friend class rpc_core;
    struct item {
        std::string method, params;
        bool is_call;
    };
    std::vector<item> items_;
    std::size_t calls_ = 0;
};

struct rpc_statistics {
    std::uint64_t calls = 0, notifications = 0;       ///< ours, sent
    std::uint64_t requests = 0, notifications_in = 0; ///< the peer's
    std::uint64_t late_replies = 0;                   ///< to calls that were given up before
    std::uint64_t strays = 0;                         ///< neither a request nor the reply to a call of ours
    std::uint64_t refused = 0;                        ///< rpc_code::busy
    std::size_t calls_waiting = 0, in_hand = 0, requests_waiting = 0; ///< now
};

/// One end of a conversation. It has no sides: either may call. Owns its channel; move-only; not thread-safe: use it on
/// the executor of the coroutine that first awaits it, from when on it reads, and answers what comes. It may not
/// outlive the event loop. Dropped, it closes at once: calls and handlers under way end with operation_aborted.
class rpc {
public:
    explicit rpc(channel over, rpc_options options = {});
    explicit rpc(ipc_channel over, rpc_options options = {});
    rpc(rpc&&) noexcept;
    rpc& operator=(rpc&&) noexcept;
    ~rpc();

    // ---- calling
    /// Resumes with the result as the peer spelled it (`.json()`, `.text()`). Throws failure: errc::rpc_error when the
    /// peer answered with an error (`rpc_fault_of` has it), errc::timed_out, errc::peer_closed when the peer ended
    /// before it answered, errc::channel_closed after `close`, errc::bad_reply, errc::not_json and
    /// errc::invalid_argument (parameters that are no object and no array: nothing was sent); errc::message_too_large.
    /// Cancelled, or out of time, it tells the peer so in the words of the protocol; an answer that comes later is
    /// dropped.
    asio::awaitable<message> call(std::string_view method, rpc_params params = {}, rpc_call_options options = {});
    /// The same, as a type of yours. errc::bad_reply names the place that does not fit.
    template <class Result>
    asio::awaitable<Result> call(std::string_view method, rpc_params params = {}, rpc_call_options options = {}) {
        return detail::typed_reply<Result>(call(method, std::move(params), options));
    }
    /// All at once; the answers in the order of the calls, each a result or the failure that a call would throw. An
    /// empty batch gives none. Throws what concerns all of them, as `call` does; errc::timed_out stands in the answers
    /// that are missing.
    asio::awaitable<std::vector<result<message>>> call(rpc_batch batch, rpc_call_options options = {});
    /// The handshake of language and MCP servers: calls `initialize` and, when that is answered, notifies `initialized`
    /// or, where the answer has a `protocolVersion`, as MCP's has, `notifications/initialized`. Throws as `call`.
    asio::awaitable<message> initialize(rpc_params params, rpc_call_options options = {});
    /// The goodbye of the protocol, then `close`: a language server (one that `initialize` found, or
    /// `rpc_protocol::lsp`) is called `shutdown` and, when that is answered or `patience` is over, notified `exit`;
    /// others need none. Throws nothing of what the peer does.
    asio::awaitable<void> goodbye(std::chrono::milliseconds patience = std::chrono::milliseconds(2000));

    /// Resumes when it is accepted, which waits while the peer does not read. Nobody answers it. Throws as `call`.
    asio::awaitable<void> notify(std::string_view method, rpc_params params = {});

    // ---- answering
    /// Answers requests, and hears notifications, of this name; without a handler a request is answered -32601, and a
    /// notification is passed over. `handler` takes nothing or one value (json::value, message, or a type of yours:
    /// parameters that do not fit are answered -32602 with the place) and returns a value, nothing (null), or an
    /// awaitable of these. Handlers are begun in the order in which the requests came; one that is a coroutine is
    /// cancelled (Asio's) when the peer cancels its request, or reads no more. What it throws is the answer: an
    /// `rpc_error` as it is, anything else as -32603. A lambda with captures may be a coroutine here: it is kept.
    template <class Handler> void on(std::string method, Handler handler) {
        set(std::move(method), detail::erased(std::move(handler)));
    }
    /// For all other names: `handler(std::string method, message params)`, the text of which is empty where none came.
    void on_other(std::function<asio::awaitable<message>(std::string method, message params)> handler);
    /// Hears what is neither a request nor the reply to a call of ours, whatever becomes of it.
    void on_stray(std::function<void(std::string_view text)> hear);

    /// Resumes when what the peer sends has ended, or after `stop`, and all requests are answered and written. Throws
    /// failure where the conversation ended otherwise than by an orderly end. Several may wait.
    asio::awaitable<void> serve();
    /// What comes from now on is not answered any more: `serve` resumes when the rest is.
    void stop() noexcept;
    /// Flushes, and tells the peer that no more comes, as long as `patience` lasts. Answers can still be received.
    asio::awaitable<void> close(std::chrono::milliseconds patience = std::chrono::milliseconds::max());
    /// Why what the peer sends ended: no value while it lasts, a success after an orderly end.
    std::optional<boost::system::error_code> end() const noexcept;

    rpc_statistics statistics() const noexcept;

private:
    void set(std::string method, detail::rpc_handler handler);
    std::shared_ptr<class rpc_core> core_;
};

/// The channel over our own standard input and output, for a program that is a server. From then on both are closed to
/// everybody else: 0 is /dev/null, and what is printed to 1, by us or by children, goes to standard error, so that
/// nothing but messages is on standard output. Once in a program. Lines that are no JSON are answered -32700
/// (`noise::error`), unless told otherwise. Throws failure with the system's code.
channel own_stdio(framing frames = framing::lines, channel_options options = {.noise = noise::error, .name = "client"});

} // namespace parlance
