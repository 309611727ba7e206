#pragma once
/// Where the socket of a name is. Pure, but for making the private directory.

#include <string>
#include <string_view>

namespace parlance {

/// node-ipc's: the three put together as they are.
std::string default_path(std::string_view socket_root, std::string_view appspace, std::string_view id);

/// The same in $XDG_RUNTIME_DIR/parlance/, which is made with mode 0700. Throws failure: errc::invalid_argument where
/// the variable names no directory, or where that directory is not ours alone.
std::string private_path(std::string_view appspace, std::string_view id);

} // namespace parlance
