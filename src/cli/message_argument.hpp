#pragma once
/// Messages from the command line or from standard input.

#include "cli/command_line.hpp"
#include "cli/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::cli {

/// What was given: a text, or none (and `-`) for standard input; as it is, or JSON.
struct message_request {
    std::optional<std::string> given{};
    bool text = false;  ///< `--text`: any bytes, taken as they are
    bool lines = false; ///< `--lines`: one message for each line
};

struct numbered_messages {
    std::vector<std::string> texts{};
    std::vector<std::size_t> lines{}; ///< of the input in which each stands, with `lines`; else none
};

/// The messages that were asked for: JSON as it was spelled, without the white space around it.
/// Throws problem: invalidJson with line, column and a caret.
numbered_messages read_messages(message_request const&, command_line&);

/// The same for a text that is here already. `input` names it in errors: "standard input". Pure.
numbered_messages messages_in(std::string text, bool as_text, bool by_lines, std::string_view input);

/// `json` without the white space around it, checked. `first_line` is the number of its first line in `input`.
std::string checked_json(std::string_view json, std::string_view input, std::size_t first_line = 1);

/// The line that holds the fault, with a caret under the column (counted from 1, in bytes); a long line is cut around
/// it. Ends in a newline. Pure.
std::string excerpt(std::string_view text, std::size_t line, std::size_t column);

} // namespace parlance::cli
