#pragma once
/// From the words that were typed to the command they name.

#include "cli/command_line.hpp"

#include <span>
#include <string>
#include <vector>

namespace parlance::cli {

/// What was typed, taken apart. Pure; tested as a table.
struct invocation {
    enum class kind { run, overview, version, group, help, unknown };
    kind what = kind::run;
    command const* which = nullptr;  ///< run, help (none: help of something else than a command)
    std::string name{};              ///< of the command, of the group, of what is unknown
    std::vector<std::string> args{}; ///< the rest, with the options that stood in front of the command
};
/// Options in front of the command, and between the words of its name, are options of the command.
invocation taken_apart(std::vector<std::string> const& words, std::span<command const>);

/// Node hands its own options down to who it forks: `parlance --no-warnings attach -- …`. What stands in front of the
/// name of a command and is no option of ours is dropped; `words` as they are where no command is named. Pure.
std::vector<std::string> without_nodes_options(std::vector<std::string> words, std::span<command const>);

/// The options that each command has. They are looked for before anything else is read; CLI11 only learns their names.
struct everywhere {
    bool flag = false;
    std::string color = "auto";
};
void add_everywhere(CLI::App&, everywhere&);

/// The whole command: returns the exit status.
int run_command(std::vector<std::string> words, std::span<command const>);

} // namespace parlance::cli
