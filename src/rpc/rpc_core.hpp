#pragma once
/// The inside of a conversation: coroutines that obey `call_ledger` (our calls) and `request_desk` (the peer's). Shared
/// with what is under way, so that the `rpc` may be dropped.
///
/// calling.cpp:   a call opens a group in the ledger, sends, and sleeps until the reader has its answers.
/// answering.cpp: one reader for as long as the conversation lasts: replies go to the ledger and wake who sleeps,
///                requests to the desk.
/// handling.cpp:  from the desk requests are begun in their order, and their answers sent.

#include "channel/waiters.hpp"
#include "rpc/call_ledger.hpp"
#include "rpc/request_desk.hpp"
#include "rpc/rpc_way.hpp"

#include <parlance/rpc.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace parlance {

class rpc_core : public std::enable_shared_from_this<rpc_core> {
public:
    using self = std::shared_ptr<rpc_core>;
    using item = rpc_batch::item;
    using time_point = call_ledger::time_point;
    using other_handler = std::function<asio::awaitable<message>(std::string, message)>;

    rpc_core(std::unique_ptr<rpc_way> over, rpc_options const& options);

    // calling.cpp
    /// Sends calls and notifications (of more than one: as a batch), and gives the outcomes of the calls.
    static asio::awaitable<std::vector<call_outcome>> ask(self, std::vector<item>, std::size_t calls, bool as_batch,
                                                          std::chrono::milliseconds timeout);
    static asio::awaitable<message> call(self, item, std::chrono::milliseconds timeout);
    static asio::awaitable<std::vector<result<message>>> call_all(self, rpc_batch, std::chrono::milliseconds timeout);
    static asio::awaitable<void> notify_all(self, std::vector<item>);
    static asio::awaitable<message> initialize(self, std::string params, std::chrono::milliseconds timeout);
    static asio::awaitable<void> goodbye(self, std::chrono::milliseconds patience);
    static asio::awaitable<void> close(self, std::chrono::milliseconds patience);

    // answering.cpp
    static asio::awaitable<void> serve(self);
    void stop() noexcept;
    void drop() noexcept;
    std::optional<boost::system::error_code> end() const noexcept;
    rpc_statistics statistics() const noexcept;

    std::map<std::string, std::shared_ptr<detail::rpc_handler>, std::less<>> handlers_;
    std::shared_ptr<other_handler> other_;
    std::function<void(std::string_view)> on_stray_;

private:
    class sleeper;
    friend class sleeper;

    // calling.cpp
    void check_open() const;
    failure failure_of(call_outcome const&, std::string const& method) const;
    void tell_cancelled(std::vector<std::uint64_t> const& calls, std::string_view why);
    static asio::awaitable<void> wait_for_turn(self, time_point deadline);
    static asio::awaitable<void> say_goodbye(self, std::chrono::milliseconds patience);

    // answering.cpp: what comes
    void start(asio::any_io_executor const& executor);
    static asio::awaitable<void> read_all(self);
    static asio::awaitable<bool> read_some(self);
    bool survives(failure const&);
    void take(std::string const& text);
    bool take_reply(envelope const&);
    void take_stray(envelope const&, std::string_view text, std::shared_ptr<answer_batch> const&);
    void take_request(envelope, std::shared_ptr<answer_batch> const&);
    void take_cancellation(envelope const&);
    static asio::awaitable<void> input_over(self);
    void flush_to_see();
    static asio::awaitable<void> flush(self);
    bool reads_on() const noexcept;

    // handling.cpp: what becomes of requests
    void begin_waiting();
    void begin(peer_request);
    void begin_coroutine(peer_request, asio::awaitable<std::string>);
    static asio::awaitable<void> handle(self, peer_request, asio::awaitable<std::string>);
    void answer(peer_request const&, std::string reply);
    void post(std::string text, std::uint64_t ticket = 0);
    static asio::awaitable<void> send_posted(self, std::string text, std::uint64_t ticket);
    void sent(std::uint64_t ticket);
    void write_failed();
    void cancel_handlers();
    void cancel_handler(std::uint64_t ticket);

    std::unique_ptr<rpc_way> way_;
    rpc_options const options_; // without its name, which is a view
    std::string const name_;
    asio::any_io_executor executor_; // of the first coroutine that awaits us
    call_ledger ledger_;
    request_desk desk_;
    rpc_statistics counted_;

    std::unordered_map<call_ledger::group, asio::steady_timer*> sleepers_;
    std::map<std::uint64_t, std::shared_ptr<asio::cancellation_signal>> running_; ///< handlers, by ticket
    std::size_t posted_ = 0;         ///< texts that wait for room without a coroutine of the caller's
    bool has_goodbye_;               ///< the peer is a language server
    std::uint64_t initializing_ = 0; ///< the number of our `initialize`, which MCP does not let us cancel
    waiters turn_, room_, idle_;
    bool beginning_ = false, flushing_ = false, input_over_ = false, write_failed_ = false, stopped_ = false,
         closed_ = false, dropped_ = false;
    std::optional<failure> fault_; ///< why the input is over, where that is no orderly end
};

} // namespace parlance
