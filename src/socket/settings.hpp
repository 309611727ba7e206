#pragma once
/// The options of sockets, owned.

#include <parlance/channel.hpp>
#include <parlance/socket.hpp>

#include <string>

namespace parlance {

struct socket_settings {
    template <class Options>
    explicit socket_settings(Options const& asked)
        : raw(asked.raw), empty_as_object(asked.empty_as_object), encoding(asked.encoding), delimiter(asked.delimiter),
          message_limit_bytes(asked.message_limit_bytes), write_buffer_bytes(asked.write_buffer_bytes) {}

    /// Of the channel to the peer that errors call `name`.
    channel_options for_channel(std::string_view name, bool one_at_a_time) const noexcept;
    framing frames() const noexcept { return raw ? framing::chunks : framing::delimited; }

    bool raw, empty_as_object;
    text_encoding encoding;
    char delimiter;
    std::size_t message_limit_bytes, write_buffer_bytes;
};

/// Where the socket of this id is, as the options say. Throws failure.
address place_of(std::string_view id, std::string_view socket_root, std::string_view appspace, bool private_directory);
template <class Options> address place_of(std::string_view id, Options const& asked) {
    return place_of(id, asked.socket_root, asked.appspace, asked.private_directory);
}

/// The frame for it, in these settings. Throws what socket_peer::emit throws of its arguments.
message frame_of(socket_settings const&, std::string_view type, socket_data const& data);
/// Raw bytes. Throws the same.
message chunk_of(socket_settings const&, std::string bytes);

} // namespace parlance
