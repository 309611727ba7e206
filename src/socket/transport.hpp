#pragma once
/// From a place to the stream that a conversation runs on.
///
/// This is the one spot where both ends of a Unix connection could agree on something faster before the first message:
/// shared memory, once parlance has it. A parlance at the other end would be asked here, in a way that a node-ipc peer
/// takes for nothing (a frame that no handler hears); what comes back would still be a `stream`. Nothing above knows
/// what carries the bytes: TLS is agreed upon here too.

#include <parlance/dial.hpp>
#include <parlance/stream.hpp>
#include <parlance/tls.hpp>

#include <boost/asio/steady_timer.hpp>

#include <optional>

namespace parlance {

/// How a conversation is carried. Owned.
struct transport_settings {
    address place;
    std::chrono::milliseconds timeout{0}, keepalive{0};
    std::string local_host{};
    std::uint16_t local_port = 0;
    ip_family family = ip_family::any;
    std::optional<tls_context> tls{};
    std::chrono::milliseconds tls_patience{0};
};

/// Ends an attempt when its time is over, or when nobody wants it any more.
class attempt_limit {
public:
    explicit attempt_limit(asio::any_io_executor const& loop) : timer_(loop) {}
    /// What the attempt gives; errc::timed_out when `time` is over (0: as long as it takes), or after `end`.
    static asio::awaitable<stream> keep(std::shared_ptr<attempt_limit>, asio::awaitable<stream> attempt,
                                        std::chrono::milliseconds time, std::string input);
    void end() noexcept;

private:
    asio::steady_timer timer_;
    bool ended_ = false;
};

/// A client's way: dialled, and ready for the first message.
asio::awaitable<stream> open_transport(transport_settings const& how, std::shared_ptr<attempt_limit> limit);
/// A server's: what came, ready for the first message. `how` is the server's own.
asio::awaitable<stream> welcome_transport(transport_settings const& how, arrival came,
                                          std::shared_ptr<attempt_limit> limit);

/// What is needed for TLS at this place. Throws failure: errc::invalid_argument where it is not TCP; what tls_context's
/// functions throw.
std::optional<tls_context> tls_of(std::optional<tls_options> const& asked, address const& place, bool is_server);

} // namespace parlance
