#pragma once
/// Why a program could not be started, in words.

#include "process/launch.hpp"
#include "process/program_text.hpp"

#include <parlance/process.hpp>

#include <string>

namespace parlance {

/// errc::cannot_start for an errno: "<command>: <what>: <the system's text>".
[[noreturn]] void throw_cannot_start(std::string const& command, int number, std::string const& what);

/// The failure for what `launch` answered. `program` is the name that was given, `paths` what was tried for it.
[[noreturn]] void throw_start_failure(launch_result const& answer, std::string const& program,
                                      std::string const& command, std::vector<std::string> const& paths,
                                      spawn_options const& options);

} // namespace parlance
