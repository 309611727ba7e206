#pragma once
/// Small files of /proc.

#include <sys/types.h>

#include <optional>
#include <string>

namespace parlance {

/// The whole of a file that the kernel makes when it is read; none where it may not be.
std::optional<std::string> kernel_file(std::string const& path);

/// The whole of /proc/PID/`name`.
std::optional<std::string> proc_file(pid_t pid, char const* name);

} // namespace parlance
