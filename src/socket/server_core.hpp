#pragma once
/// What a server is inside.

#include "socket/datagram_door.hpp"
#include "socket/stream_link.hpp"
#include "socket/transport.hpp"

#include <parlance/dial.hpp>

#include <map>
#include <optional>

namespace parlance {

class server_core final : public socket_core, public std::enable_shared_from_this<server_core> {
public:
    using self = std::shared_ptr<server_core>;
    server_core(address place, server_options const& options);

    static asio::awaitable<void> start(self);
    static asio::awaitable<void> run(self);
    static asio::awaitable<std::optional<socket_event>> next(self);
    static asio::awaitable<void> stop(self);
    static asio::awaitable<std::size_t> broadcast(self, std::string type, socket_data data);
    static asio::awaitable<std::size_t> broadcast_bytes(self, std::string bytes);
    std::vector<socket_peer> peers() const;
    static asio::awaitable<socket_peer> peer_at(self, std::string host, std::uint16_t port);
    address const& where() const noexcept {
        return door_ ? door_->where() : datagrams_ ? datagrams_->where() : how_.place;
    }
    void reload_certificates();
    /// At once: nothing is flushed.
    void drop() noexcept;

    std::function<bool(socket_peer const&)> allow;

private:
    static asio::awaitable<std::size_t> send_to_all(self, message frame);
    static asio::awaitable<void> start_datagrams(self);
    static asio::awaitable<void> hear_datagrams(self);
    static asio::awaitable<void> let_in(self);
    static asio::awaitable<void> serve(self, arrival came, std::uint64_t number);
    static asio::awaitable<void> talk_to(self, stream_link::self link);
    bool is_full() const noexcept { return arrivals_ >= options_.max_connections; }
    void check_end();

    server_options options_; ///< without its views
    transport_settings how_;
    std::optional<listener> door_;
    datagram_door::self datagrams_;                    ///< instead, on UDP
    std::map<std::uint64_t, stream_link::self> links_; ///< by number
    std::map<std::uint64_t, std::shared_ptr<attempt_limit>> handshakes_;
    std::size_t arrivals_ = 0; ///< links, and those on their way to become one
    std::uint64_t last_number_ = 0;
    bool starting_ = false, stopping_ = false;
    waiters ended_;
};

} // namespace parlance
