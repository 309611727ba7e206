#pragma once
/// `spawn`, for those who start programs on behalf of others.

#include <parlance/process.hpp>

#include <string>
#include <vector>

namespace parlance {

/// Whether `on_every_command` hears of it.
enum class told : bool { no, yes };

child start_child(std::string const& program, std::vector<std::string> const& args, spawn_options const& options,
                  told heard);

/// What a shell is called with to run `command_line`.
std::vector<std::string> shell_arguments(std::string const& command_line);

} // namespace parlance
