#pragma once
/// The inside of Node's channel. It is shared with the coroutines that are under way, so that the channel may be
/// dropped.
///
/// Sending:   a message goes to the channel's engine (channel/state.hpp) at once, unless a handle is on its way: then
/// it
///            waits in `later_` until the peer has acknowledged it, for Node gives descriptors to messages by their
///            order.
/// Receiving: whoever reads, `receive` or, where an answer is waited for and nobody receives, `serve`, sees to the
///            messages of Node's own. What `serve` read for others waits in `ready_`.

#include "channel/state.hpp"
#include "ipc/envelope.hpp"
#include "ipc/held_sockets.hpp"

#include <parlance/ipc.hpp>

#include <deque>
#include <exception>
#include <list>
#include <map>

namespace parlance {

class ipc_core : public std::enable_shared_from_this<ipc_core> {
public:
    using self = std::shared_ptr<ipc_core>;
    using time_point = waiters::time_point;

    ipc_core(stream bytes, serialization how, ipc_options const& options);
    ipc_core(ipc_core const&) = delete;
    ipc_core& operator=(ipc_core const&) = delete;
    ~ipc_core() { talk_->on_write_fault_ = nullptr; }

    // sending.cpp. A static function is a coroutine that keeps the core alive.
    static asio::awaitable<void> send(self, ipc_message, bool internal);
    static asio::awaitable<void> send(self, ipc_message, ipc_handle, bool internal);
    bool try_send(ipc_message&);
    static asio::awaitable<void> flush(self);
    static asio::awaitable<std::vector<ipc_message>> disconnect(self, std::chrono::milliseconds patience);

    // receiving.cpp
    static asio::awaitable<std::optional<ipc_message>> receive(self);
    static asio::awaitable<std::vector<ipc_message>> receive_some(self);
    static asio::awaitable<std::size_t> ask(self, std::string_view question, std::string key);
    /// Reads to the end of what the peer sends; what comes is kept for `receive`, or dropped where nobody `asked_for`
    /// it.
    static asio::awaitable<void> read_to_the_end(self);
    void nobody_receives() noexcept { drops_ = true; }

    bool connected() const noexcept { return !closing_ && !talk_->end_ && !dropped_; }
    std::optional<boost::system::error_code> end() const noexcept;
    bool peer_left_unread() const noexcept { return was_reset_; }
    /// The channel is gone; everything under way ends.
    void drop() noexcept;

    serialization const how;
    std::function<void(js::value const&, ipc_handle)> on_internal;
    channel::state& engine() noexcept { return *talk_; }

private:
    /// A message with a handle, until the peer has it.
    struct passing {
        ipc_message original; ///< as `disconnect` gives it back
        ipc_handle handle;
        std::string frame;
        int attempts = 0;
        bool done = false;
        std::optional<failure> fault{};
        waiters over{};
    };
    /// What waits behind a handle.
    struct outgoing {
        std::string frame;
        std::shared_ptr<passing> with{}; ///< none: no handle
    };
    struct arrived {
        ipc_message m;
        std::exception_ptr fault;
        std::size_t bytes;
    };
    struct question {
        std::string_view answer; ///< the `cmd` that answers it
        std::string key;
        std::optional<std::size_t> count{};
        waiters over{};
    };

    void bind_to(asio::any_io_executor const& executor) { executor_ = executor, talk_->bind_to(executor); }

    // sending.cpp
    std::string encoded(ipc_message&&) const;
    bool is_nodes_own(ipc_message const&) const;
    std::string prepared(ipc_message&&, bool internal) const;
    std::string frame_of(ipc_message& m, ipc_handle const& handle) const;
    [[noreturn]] void refuse_internal() const;
    void check_can_send(bool handle = false) const;
    bool is_blocked() const noexcept { return on_its_way_ != nullptr || !later_.empty(); }
    void push(std::string frame) { talk_->accept(message(std::move(frame))); }
    void say(js::value const&); ///< jumps the queue
    void answer(js::value const&);
    static asio::awaitable<void> until_answers_are_read(self);
    void pass(std::shared_ptr<passing>);
    void attempt();
    void handle_is_over(std::optional<failure> fault);
    void end_passing(passing& what, failure const& fault);
    void end_all_passing(failure const& fault_on_its_way, failure const& fault_of_the_others);
    void writing_failed();
    void go_on();
    static asio::awaitable<void> until_over(self, std::shared_ptr<passing>);
    static asio::awaitable<void> wait_behind(self, std::shared_ptr<passing> with, std::string frame);
    void forget(std::shared_ptr<passing> const& what) noexcept;
    static asio::awaitable<bool> until_nothing_waits(self, time_point deadline);
    static asio::awaitable<std::vector<ipc_message>> ending(self, std::chrono::milliseconds patience);
    void take_left(std::vector<message> unwritten, std::vector<ipc_message>& into);

    // receiving.cpp
    class receiver;
    std::optional<ipc_message> take();
    void take_some(std::vector<ipc_message>& into);
    void tell_internal(js::value const& m, ipc_handle handle);
    std::optional<ipc_message> next_of_the_users();
    std::optional<message> cut();
    void refuse(bool envelope);
    std::optional<ipc_message> judge(message);
    js::value value_of(ipc_message const&);
    std::optional<ipc_message> see_to(js::value whole);
    std::optional<ipc_message> unpack(js::value whole);
    void answered(std::string_view cmd, js::value const& whole);
    void tell_count(js::value const& whole);
    void peer_ended();
    static asio::awaitable<void> fill(self);
    bool needs_service() const noexcept;
    void keep_reading();
    static asio::awaitable<void> serve(self);
    void serve_once();
    void keep(ipc_message m, std::exception_ptr fault, std::size_t bytes);
    bool has_read_enough() const noexcept;
    static asio::awaitable<void> tell_when_closed(self);
    static asio::awaitable<void> end_our_side(self);

    std::shared_ptr<channel::state> talk_;
    ipc_options const options_; // without its name, which is a view
    asio::any_io_executor executor_;
    bool dropped_ = false, closing_ = false, was_reset_ = false, told_end_ = false;

    std::shared_ptr<passing> on_its_way_;
    std::deque<outgoing> later_;
    std::size_t later_bytes_ = 0;
    waiters room_;    ///< in later_
    waiters settled_; ///< something left later_, or a handle is over

    std::deque<arrived> ready_;
    std::size_t ready_bytes_ = 0, frame_bytes_ = 0; ///< of all of them; of the last one that was cut
    int ready_handles_ = 0;
    int receiving_ = 0; ///< coroutines in `receive`
    bool serving_ = false, reads_to_the_end_ = false, drops_ = false;
    waiters ended_; ///< nothing more comes
    held_sockets held_;
    std::map<std::string, int> to_tell_; ///< how often a server wants to hear that the last socket of this key closed
    std::deque<std::uint64_t> answers_end_at_; ///< those that wait to be written: where they end in all that is sent
    std::list<question> questions_;
    waiters may_ask_;
};

} // namespace parlance
