#pragma once
/// The descriptor that `parent` makes a channel of.

#include <parlance/fd.hpp>
#include <parlance/ipc.hpp>

#include <optional>
#include <string>
#include <vector>

namespace parlance {

/// What tells a child its end of the channel, and how values are written on it.
inline constexpr char const* channel_fd_name = "NODE_CHANNEL_FD";
inline constexpr char const* channel_mode_name = "NODE_CHANNEL_SERIALIZATION_MODE";
/// Adds both to the environment of a child whose end has the number `descriptor` there.
void name_channel(int descriptor, serialization how, std::vector<std::string>& environment);

struct parent_socket {
    unique_fd socket;
    serialization how = serialization::json;
};
/// As `parent` is: none in a program that was not forked, and at each call but the first; deletes the two variables and
/// throws for what they cannot mean.
std::optional<parent_socket> take_parent_socket();

} // namespace parlance
