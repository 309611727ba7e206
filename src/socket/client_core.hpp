#pragma once
/// What a client is inside.
///
/// A message goes to the channel at once where there is one and nothing waits; else it waits in the outbox, in order,
/// which `pump` empties into the channel. What the channel gives back when it ends goes to the front of the outbox.

#include "socket/outbox.hpp"
#include "socket/reconnect.hpp"
#include "socket/stream_link.hpp"
#include "socket/transport.hpp"

#include <optional>
#include <random>

namespace parlance {

class client_core final : public socket_core, public std::enable_shared_from_this<client_core> {
public:
    using self = std::shared_ptr<client_core>;
    client_core(address place, client_options const& options);

    static asio::awaitable<void> connect(self);
    static asio::awaitable<void> run(self);
    static asio::awaitable<std::optional<socket_event>> next(self, audience who);
    static asio::awaitable<std::uint64_t> send(self, message frame);
    bool try_send(message& frame);
    void confirm(std::uint64_t number) noexcept { numbers_.confirm(number); }
    static asio::awaitable<void> flush(self);
    static asio::awaitable<std::vector<message>> disconnect(self, std::chrono::milliseconds patience);
    void reload_certificates();
    bool is_connected() const noexcept { return link_ && link_->is_connected(); }
    socket_peer peer();
    void drop() noexcept;

private:
    class server_link;
    static asio::awaitable<void> begin(self);
    static asio::awaitable<void> live(self);
    static asio::awaitable<void> talk_over(self, stream bytes);
    static asio::awaitable<void> pump(self, stream_link::self link);
    void start_pump();
    void check_takes(std::size_t bytes) const;
    std::uint64_t put(message frame);

    transport_settings how_;
    std::shared_ptr<attempt_limit> attempt_; ///< the one under way
    bool const sync_;
    std::size_t const offline_bytes_;
    reconnect_plan plan_;
    outbox waiting_;
    unconfirmed_count numbers_;
    stream_link::self link_; ///< while there is a connection
    std::shared_ptr<server_link> server_;
    std::optional<failure> last_fault_;
    std::optional<asio::steady_timer> retry_timer_;
    std::minstd_rand random_{std::random_device{}()};
    bool tried_ = false; ///< the first attempt is over
    bool begun_ = false, ending_ = false, destroyed_ = false, pumping_ = false;
    waiters changed_; ///< connected, destroyed, or room in the outbox
};

} // namespace parlance
