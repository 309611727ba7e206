#pragma once
/// The messages that Node's channel uses itself: objects whose `cmd` begins with NODE_. Pure. docs/ipc.md names them.

#include <parlance/ipc.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace parlance {

namespace node {
inline constexpr std::string_view handle = "NODE_HANDLE", ack = "NODE_HANDLE_ACK", nack = "NODE_HANDLE_NACK",
                                  get_count = "NODE_SOCKET_GET_COUNT", count = "NODE_SOCKET_COUNT",
                                  notify_close = "NODE_SOCKET_NOTIFY_CLOSE", all_closed = "NODE_SOCKET_ALL_CLOSED";
} // namespace node

/// Is it the `cmd` of a message that is not the user's?
constexpr bool is_internal_command(std::string_view cmd) noexcept { return cmd.size() > 5 && cmd.starts_with("NODE_"); }
/// The same of a whole message.
bool is_internal(js::value const&) noexcept;
bool is_internal(json::value const&) noexcept;

/// May a JSON text be such a message? False for nearly all others, without parsing them.
bool may_be_internal(std::string_view json) noexcept;

/// Is what cannot be read, or not whole, the beginning of an envelope around a handle? Node writes its `cmd` first.
bool begins_envelope(serialization, std::string_view start) noexcept;

/// A member of it that is a string; empty where there is none.
std::string text_member(js::value const& of, std::string_view name);

/// A message of the user's that travels with a handle.
struct handle_message {
    std::string type{}, key{};
    js::value payload{};
};
/// Takes one apart. A second envelope inside the first, which Node 20 sends after a NACK, is taken off too.
handle_message open_envelope(js::value whole);
/// The user's part of one that is valid JSON, as it stands there. Empty where it has none.
std::string_view payload_of(std::string_view envelope);
/// Puts one together. `datagram_type`: "udp4", "udp6", or empty.
js::value make_envelope(ipc_handle const& handle, std::string_view datagram_type, js::value payload);
/// The same, of JSON text.
std::string make_json_envelope(ipc_handle const& handle, std::string_view datagram_type, std::string_view payload);

/// A frame of `advanced` with zeros behind its value, which every reader ignores, so that with the four bytes of its
/// length it is a multiple of four. Then no length is cut by a read of Node's (64 KiB, or what the kernel has in one
/// piece): Node 18, 20 before 20.19 and 22 before 22.14 wait for ever where one is (nodejs/node#55834).
std::string in_whole_words(std::string frame);

/// `{"cmd":…}`, with a `key` where there is one.
js::value command(std::string_view cmd, std::string_view key = {});

} // namespace parlance
