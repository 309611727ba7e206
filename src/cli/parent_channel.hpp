#pragma once
/// Commands that Node, or parlance, starts with fork().

#include "ipc/parent_socket.hpp"

#include <string>

namespace parlance::cli {

inline constexpr char const* parent_name = "the parent process";

/// The channel to whoever forked us. Throws problem (usage) where nobody did; `mend` says how it is done.
parent_socket joined_parent(std::string mend);

} // namespace parlance::cli
