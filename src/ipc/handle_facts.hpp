#pragma once
/// What a descriptor is, as far as Node cares.

#include <parlance/ipc.hpp>

#include <string_view>

namespace parlance {

struct descriptor_facts {
    int family = -1, type = -1; ///< AF_INET, SOCK_STREAM, …; -1: no socket
    bool is_fifo = false;
    bool listens = false, is_connected = false;
    bool was_connected = false; ///< nothing more comes: the peer has ended or reset it, or we have
    bool is_connecting = false;
    bool has_name = false; ///< of a Unix socket: an address, without which it cannot listen
};
/// Asks the system. Throws failure with the system's code where `fd` is no descriptor.
descriptor_facts facts_of(int fd);

/// Throws failure: errc::invalid_argument for what Node could not take.
void check_handle(ipc_handle const&);

/// "net.Server", …
std::string_view type_name_of(ipc_handle::kind) noexcept;
/// The reverse; `native` for a type that is not known, since its descriptor is still one.
ipc_handle::kind kind_of_type(std::string_view name) noexcept;

} // namespace parlance
