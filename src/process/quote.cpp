#include "process/quote.hpp"

#include <algorithm>

namespace parlance {
namespace {

constexpr bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./,:@%+").find(c) != std::string_view::npos;
}

} // namespace

std::string quoted_word(std::string_view word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
    std::string quoted = "'";
    for (char const c : word) {
        if (c == '\'')
            quoted += "'\\''"; // out of the quotes, one quote, into them again
        else
            quoted += c;
    }
    return quoted += '\'';
}

std::string quoted_command(std::string_view program, std::span<std::string const> args) {
    std::string command = quoted_word(program);
    for (auto const& arg : args) command += ' ' + quoted_word(arg);
    return command;
}

} // namespace parlance
