#pragma once
/// node-ipc's frames, {"type":…,"data":…}, written and taken apart without building values. Pure. Wire: docs/socket.md.

#include "wire/json_member.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace parlance {

enum class frame_state {
    message,
    not_json,
    null, ///< of which node-ipc makes an error too
};

/// Where in a frame its type and data stand. Both are empty where there is none.
struct opened_frame {
    frame_state state = frame_state::message;
    wire::text_span type{};       ///< inside its quotes; of a number or word, itself
    bool type_is_escaped = false; ///< in the text; to be read as a JSON string is
    wire::text_span data{};
    bool operator==(opened_frame const&) const = default;
};

/// Any JSON is a message: node-ipc's way. What is no object, or has no type that a name could be made of, has none.
/// `spare` bytes behind the text may be read.
opened_frame open_frame(std::string_view text, std::size_t spare = 0) noexcept;

/// `id` of a message's data where it is what JavaScript calls true, else empty: what node-ipc takes for the peer's
/// name.
std::string_view name_in(std::string_view data) noexcept;

/// Why node-ipc, some version of it, must not be sent this type; empty where it may.
std::string_view why_no_type(std::string_view type) noexcept;

/// `{"type":"…","data":…}`, compact, as node-ipc writes it.
std::string make_frame(std::string_view type, std::string_view data);

} // namespace parlance
