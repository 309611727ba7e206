#pragma once
/// The descriptor that `parent` makes a channel of.

#include <parlance/fd.hpp>
#include <parlance/ipc.hpp>

#include <optional>

namespace parlance {

struct parent_socket {
    unique_fd socket;
    serialization how = serialization::json;
};
/// As `parent` is: none in a program that was not forked, and at each call but the first; deletes the two variables and
/// throws for what they cannot mean.
std::optional<parent_socket> take_parent_socket();

} // namespace parlance
