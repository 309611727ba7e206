#include "process/quote.hpp"

#include <algorithm>

namespace parlance {
namespace {

constexpr bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./,:@%+").find(c) != std::string_view::npos;
}

// Where a command is expected, these are the shell's own (of POSIX, and of bash and zsh).
constexpr std::string_view reserved[] = {"if",       "then",   "else",   "elif",   "fi",      "do",  "done",
                                         "case",     "esac",   "while",  "until",  "for",     "in",  "time",
                                         "function", "select", "coproc", "repeat", "foreach", "end", "nocorrect"};

std::string in_quotes(std::string_view word) {
    std::string quoted = "'";
    for (char const c : word) {
        if (c == '\'')
            quoted += "'\\''"; // out of the quotes, one quote, into them again
        else
            quoted += c;
    }
    return quoted += '\'';
}

} // namespace

std::string quoted_word(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), is_plain) ? std::string(word) : in_quotes(word);
}

std::string quoted_program(std::string_view word) {
    bool const is_the_shells = std::find(std::begin(reserved), std::end(reserved), word) != std::end(reserved);
    return is_the_shells ? in_quotes(word) : quoted_word(word);
}

std::string quoted_command(std::string_view program, std::span<std::string const> args) {
    std::string command = quoted_program(program);
    for (auto const& arg : args) command += ' ' + quoted_word(arg);
    return command;
}

} // namespace parlance
