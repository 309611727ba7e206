#pragma once
/// Pages of help: of the whole, of a group of commands, of one command, and of the exit statuses.

#include "cli/command_line.hpp"

#include <span>
#include <string>

namespace parlance::cli {

/// The page of one command, made from the options it added and the page it gave.
std::string command_help(command const&, CLI::App const&, command_line&);
/// The commands whose names begin with `group` and a space.
std::string group_help(std::string_view group, std::span<command const>, output&);
std::string overview(std::span<command const>, output&);
std::string exit_codes_help(output&);

} // namespace parlance::cli
