#include "cli/message_argument.hpp"

#include "base/text_place.hpp"
#include "cli/json_line.hpp"
#include "cli/table.hpp"
#include "wire/check_json.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace parlance::cli {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::size_t excerpt_width = 76;

std::string read_standard_input() {
    std::string text;
    while (true) {
        constexpr std::size_t step = 256 << 10;
        auto const size = text.size();
        text.resize(size + step);
        auto const got = ::read(STDIN_FILENO, text.data() + size, step);
        text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0) return text;
        if (got < 0 && errno != EINTR) throw_errno(errno, {.input = "standard input"});
    }
}

bool continues_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// What a terminal would not show as one place.
std::string shown(std::string_view text) {
    auto plain = valid_utf8(text);
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return plain;
}

/// The character at `at`, for people.
std::string found_at(std::string_view json, std::size_t at) {
    if (at >= json.size()) return "the end of the text";
    if (json[at] == '\'') return "a single quote";
    if (json[at] == '\n') return "the end of the line";
    auto last = at + 1;
    while (last < json.size() && continues_character(json[last])) ++last;
    auto const character = shown(json.substr(at, last - at));
    return character == " " ? "a control character" : "'" + character + "'";
}

/// "expected a value, found ']'", and what a person may have meant. `expected` is the checker's word.
std::string fault_at(std::string_view json, std::size_t at, std::string expected) {
    if (expected.starts_with("a name in '\"'")) expected.replace(0, 13, "a name in double quotes");
    auto text = "expected " + expected + ", found " + found_at(json, at);
    auto const next = at < json.size() ? json[at] : ' ';
    auto const before = json.find_last_not_of(white_space, at == 0 ? 0 : at - 1);
    if ((next == '}' || next == ']') && at != 0 && before != json.npos && json[before] == ',')
        text += "; the comma before it is one too many";
    else if (next == '\'')
        text += "; strings and names stand in double quotes";
    return text;
}

/// What is wrong with `json` at the byte `at`, counted as in what was given.
problem not_json(std::string_view json, std::size_t at, std::string message, std::string_view input,
                 std::size_t first_line) {
    auto const [line, column] = place_in(json, at);
    problem told;
    told.code = "invalidJson";
    told.message = std::move(message);
    told.input = input;
    told.place = "line " + std::to_string(first_line + line - 1) + ", column " + std::to_string(column);
    told.excerpt = excerpt(json, line, column);
    told.facts = {{"line", first_line + line - 1}, {"column", column}};
    return told;
}

} // namespace

std::string excerpt(std::string_view text, std::size_t line, std::size_t column) {
    for (; line > 1 && !text.empty(); --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    text = text.substr(0, text.find('\n'));
    auto at = std::min(column - 1, text.size());
    // A window around the place, whole characters at both ends.
    auto first = at > excerpt_width * 2 / 3 ? at - excerpt_width * 2 / 3 : 0;
    while (first > 0 && first < text.size() && continues_character(text[first])) --first;
    auto last = std::min(first + excerpt_width, text.size());
    while (last < text.size() && continues_character(text[last])) ++last;
    std::string const before = first > 0 ? "..." : "", behind = last < text.size() ? "..." : "";
    auto const left = before + shown(text.substr(first, at - first));
    return "  " + left + shown(text.substr(at, last - at)) + behind + "\n  " + std::string(width(left), ' ') + "^\n";
}

std::string checked_json(std::string_view json, std::string_view input, std::size_t first_line) {
    auto const first = json.find_first_not_of(white_space);
    if (first == json.npos) throw not_json(json, json.size(), "not JSON: there is nothing", input, first_line);
    auto const last = json.find_last_not_of(white_space);
    auto const check = wire::check_json(json.substr(0, last + 1));
    if (check.state == wire::json_state::valid) return std::string(json.substr(first, last - first + 1));
    throw not_json(json, check.at,
                   "not JSON: " + fault_at(json.substr(0, last + 1), check.at, std::string(check.expected)), input,
                   first_line);
}

numbered_messages messages_in(std::string text, bool as_text, bool by_lines, std::string_view input) {
    numbered_messages messages;
    if (!by_lines) {
        messages.texts.push_back(as_text ? std::move(text) : checked_json(text, input));
        return messages;
    }
    std::string_view left = text;
    for (std::size_t number = 1; !left.empty(); ++number) {
        auto const end = std::min(left.find('\n'), left.size());
        auto const line = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        if (!as_text && line.find_first_not_of(white_space) == line.npos) continue; // it means nothing between values
        messages.texts.push_back(as_text ? std::string(line) : checked_json(line, input, number));
        messages.lines.push_back(number);
    }
    return messages;
}

numbered_messages read_messages(message_request const& asked, command_line& line) try {
    if (asked.given && *asked.given != "-") return messages_in(*asked.given, asked.text, asked.lines, "message");
    if (::isatty(STDIN_FILENO)) {
        line.err().line(asked.lines ? "Type one message on each line; Ctrl-D ends."
                                    : "Type the message; Ctrl-D ends it.");
        line.err().flush();
    }
    return messages_in(read_standard_input(), asked.text, asked.lines, "standard input");
} catch (problem& told) {
    if (told.code == "invalidJson") told.hint = "a text that is not JSON is sent as it is with --text";
    throw;
}

} // namespace parlance::cli
