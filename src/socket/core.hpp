#pragma once
/// What servers and clients have in common: who hears what happens.

#include "channel/waiters.hpp"
#include "socket/link.hpp"

#include <parlance/socket.hpp>

#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace parlance {

/// Handlers, and the queue of those events that none of them hears.
class socket_core {
public:
    using self = std::shared_ptr<socket_core>;
    enum class audience {
        unknown,  ///< nobody has asked yet: events wait as long as there is room, messages without handlers longer
        handlers, ///< what has no handler is dropped, as in node-ipc
        events,   ///< what has none waits for `next`
        messages, ///< the same, messages only
    };

    explicit socket_core(socket_settings const& how) : settings(std::make_shared<socket_settings const>(how)) {}
    socket_core(socket_core const&) = delete;
    socket_core& operator=(socket_core const&) = delete;

    void on(std::string_view name, socket_handler hear);
    void heard_by(audience who);
    void bind_to(asio::any_io_executor const& executor) {
        if (!executor_) executor_ = executor;
    }
    asio::any_io_executor const& executor() const noexcept { return executor_; }

    /// Puts a message, or raw bytes, into `into`. Throws failure: errc::not_json.
    void fill(socket_event& into, message frame) const;
    /// Hands it to all that want it, and waits for them.
    static asio::awaitable<void> tell(self, socket_event what);
    /// The same at once, where nobody must be waited for; else says false and has done nothing.
    bool tell_now(socket_event& message);
    static asio::awaitable<void> tell_fault(self, failure fault, socket_peer whose);

    /// The next that waits; none when all is over.
    static asio::awaitable<std::optional<socket_event>> next_event(self);
    /// Events are dropped from now on; who waits for one gets none.
    void end_events();
    bool is_over() const noexcept { return over_; }
    static socket_peer::link& link_of(socket_peer const& peer) noexcept { return *peer.link_; }

    std::shared_ptr<socket_settings const> const settings;

protected:
    ~socket_core() = default;

private:
    struct by_text {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
    };
    using handler_list = std::list<socket_handler>; ///< never moved: one of them may be running

    bool wants(socket_event const&) const noexcept;
    void enqueue(socket_event);
    void print_fault(failure const&);
    static asio::awaitable<void> call(self, handler_list& all, socket_event const& what);

    std::unordered_map<std::string, handler_list, by_text, std::equal_to<>> of_type_;
    handler_list of_kind_[6], of_every_message_;
    audience audience_ = audience::unknown;
    std::deque<socket_event> waiting_;
    std::size_t waiting_bytes_ = 0;
    waiters filled_, room_;
    asio::any_io_executor executor_;
    bool over_ = false, has_handlers_ = false;
};

/// What a handler threw, as an error.
failure fault_of_handler(std::exception_ptr const& thrown);

} // namespace parlance
