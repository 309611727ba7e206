#pragma once
/// The question before something that changes many things.

#include "cli/command_line.hpp"

#include <string>

namespace parlance::cli {

struct confirmation {
    bool yes = false;     ///< `--yes`
    bool dry_run = false; ///< `--dry-run`: only count
};
void add_confirmation(CLI::App&, confirmation&);

/// Asks on a terminal, and returns when the answer is yes, or nobody is there to be asked. Throws problem
/// (notConfirmed) when it is no; and where `must_be_said` and nobody can be asked, problem (usage) that wants `--yes`.
void confirm(confirmation const&, std::string const& question, bool must_be_said, command_line&);

/// Whether `answer` is a yes: y, Y, yes. Pure.
bool means_yes(std::string_view answer) noexcept;

} // namespace parlance::cli
