#pragma once
/// What the commands that run a program share: its options, the signals it is given, and how its end is told.

#include "cli/command_line.hpp"
#include "cli/signals.hpp"
#include "cli/values.hpp"

#include <parlance/process.hpp>

#include <string>
#include <vector>

namespace parlance::cli {

struct child_request {
    std::string cwd, timeout, grace{};
    std::vector<std::string> env;
    std::string token{}; ///< by which what the child leaves behind is found; since `options_of`
};
/// A program and its arguments: the words behind `--`.
struct program_words {
    explicit program_words(command_line const&); ///< throws problem (usage) where there are none
    std::string program;
    std::vector<std::string> arguments;
};
void add_child_options(CLI::App&, child_request&);
void add_noise_option(CLI::App&, std::string& name);
/// What `--grace` says, else 10 s.
milliseconds grace_of(child_request const& asked);
/// The options for `spawn`; the views look into `asked`. Throws problem (usage).
spawn_options options_of(child_request& asked);

/// SIGKILL to the child's group when `grace` is over.
asio::awaitable<void> kill_after(child& running, milliseconds grace);

/// Passes our signals on to the child as they come, for as long as the loop runs: after SIGINT or SIGTERM it has
/// `grace`, and a second one kills at once. `shares_terminal`: the child got the terminal's own signals already, and
/// what it makes of the first Ctrl-C is its affair, since it may be an interpreter that somebody types into.
asio::awaitable<void> pass_on(signal_watch& signals, child& running, milliseconds grace, bool shares_terminal,
                              std::shared_ptr<bool> told_to_end);

/// After a child that was ended by a signal of ours, or by its timeout: what it left running is ended too.
void sweep_after(child& ended, process_end const& end, bool told_to_end) noexcept;

/// Thrown for a child that overran its `--timeout`: exit 124.
problem timed_out_problem(process_end const&, std::string const& command, child_request const&);

/// Says of a child that a signal ended which one it was, as a shell does; nothing about the quiet ones.
void tell_signal(process_end const&, command_line&);

} // namespace parlance::cli
