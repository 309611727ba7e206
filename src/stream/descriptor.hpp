#pragma once
/// Reading and writing descriptors of any kind without ever blocking or raising SIGPIPE.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace parlance {

/// What a descriptor is, as far as writing to it goes.
enum class descriptor_kind { socket, other };
/// Asks the system. Throws failure with the system's code where `fd` is no descriptor.
descriptor_kind kind_of(int fd);

/// Throws failure with the system's code.
void set_nonblocking(int fd);

/// Bytes read (0 at the end), or none where nothing is there yet. Throws failure with the system's code.
std::optional<std::size_t> read_now(int fd, std::span<char> into);

/// Bytes written, 0 where nothing fits. Throws failure: errc::peer_closed, else the system's code.
std::size_t write_now(int fd, descriptor_kind kind, std::span<std::string_view const> parts);

} // namespace parlance
