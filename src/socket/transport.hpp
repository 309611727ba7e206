#pragma once
/// From a place to the stream that a conversation runs on.
///
/// This is the one spot where both ends of a Unix connection could agree on something faster before the first message:
/// shared memory, once parlance has it. A parlance at the other end would be asked here, in a way that a node-ipc peer
/// takes for nothing (a frame that no handler hears); what comes back would still be a `stream`. Nothing above knows
/// what carries the bytes.

#include <parlance/dial.hpp>
#include <parlance/stream.hpp>

namespace parlance {

/// How a conversation is carried. Owned.
struct transport_settings {
    address place;
    std::chrono::milliseconds timeout{0}, keepalive{0};
    std::string local_host{};
    std::uint16_t local_port = 0;
    ip_family family = ip_family::any;
};

/// A client's way: dialled, and ready for the first message.
asio::awaitable<stream> open_transport(transport_settings const& how);
/// A server's: what came, ready for the first message.
asio::awaitable<stream> welcome_transport(stream came);

} // namespace parlance
