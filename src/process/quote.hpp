#pragma once
/// Commands as they could be typed.

#include <span>
#include <string>
#include <string_view>

namespace parlance {

/// `word` as one word of a POSIX shell: as it is where nothing in it is special, else in single quotes.
std::string quoted_word(std::string_view word);

/// The same where a command may be expected: a word such as `time` is in quotes, or the shell would take it for its
/// own.
std::string quoted_program(std::string_view word);

/// The program and its arguments, each as one word of a shell.
std::string quoted_command(std::string_view program, std::span<std::string const> args);

} // namespace parlance
