#include "cli/front.hpp"

#include <algorithm>

namespace parlance::cli {
namespace {

bool is_option(std::string const& word) { return word.size() > 1 && word[0] == '-'; }
bool takes_value(std::string const& option) { return option == "--store" || option == "--color"; }

command const* find(std::span<command const> commands, std::string_view name) {
    auto const found =
        std::find_if(commands.begin(), commands.end(), [&](auto const& each) { return each.name == name; });
    return found == commands.end() ? nullptr : &*found;
}

bool is_group(std::span<command const> commands, std::string const& name) {
    return std::any_of(commands.begin(), commands.end(),
                       [&](auto const& each) { return each.name.starts_with(name + " "); });
}

/// Moves the options from `at` on to `args`; stops at the first other word, or `--`.
void take_options(std::vector<std::string> const& words, std::size_t& at, std::vector<std::string>& args) {
    while (at < words.size() && is_option(words[at]) && words[at] != "--") {
        auto const with_value = takes_value(words[at]);
        args.push_back(words[at++]);
        if (with_value && at < words.size()) args.push_back(words[at++]);
    }
}

bool has(std::vector<std::string> const& args, std::string_view one, std::string_view other = {}) {
    return std::any_of(args.begin(), args.end(), [&](auto const& arg) { return arg == one || arg == other; });
}

/// `parlance help …` with the words behind it.
invocation help_of(std::vector<std::string> const& words, std::size_t at, std::span<command const> commands) {
    invocation asked{.what = invocation::kind::help};
    for (; at < words.size(); ++at)
        if (!is_option(words[at])) asked.name += (asked.name.empty() ? "" : " ") + words[at];
    if (asked.name.empty()) return {.what = invocation::kind::overview};
    asked.which = find(commands, asked.name);
    if (!asked.which && is_group(commands, asked.name)) return {.what = invocation::kind::group, .name = asked.name};
    return asked;
}

bool is_ours(std::string const& option) {
    for (std::string_view const ours : {"-h", "--help", "--version", "--json", "--color", "--no-color", "--store"})
        if (option == ours || (takes_value(std::string(ours)) && option.starts_with(std::string(ours) + "=")))
            return true;
    return false;
}

} // namespace

std::vector<std::string> without_nodes_options(std::vector<std::string> words, std::span<command const> commands) {
    std::vector<std::string> kept;
    for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
        if (find(commands, *word) || is_group(commands, *word)) {
            kept.insert(kept.end(), word, words.end());
            return kept;
        }
        if (word == words.begin() && !is_option(*word)) break; // it was to name a command
        if (!is_ours(*word)) continue;
        kept.push_back(*word);
        if (takes_value(*word) && word + 1 != words.end()) kept.push_back(*++word);
    }
    return words;
}

invocation taken_apart(std::vector<std::string> const& words, std::span<command const> commands) {
    invocation asked;
    std::size_t at = 0;
    take_options(words, at, asked.args);
    if (at == words.size() || words[at] == "--") {
        asked.what = has(asked.args, "--version") ? invocation::kind::version : invocation::kind::overview;
        return asked;
    }
    asked.name = words[at++];
    if (asked.name == "help") return help_of(words, at, commands);
    if (!find(commands, asked.name) && is_group(commands, asked.name)) {
        take_options(words, at, asked.args);
        if (at == words.size() || words[at] == "--") {
            asked.what = invocation::kind::group;
            return asked;
        }
        asked.name += " " + words[at++];
    }
    asked.which = find(commands, asked.name);
    asked.what = asked.which ? invocation::kind::run : invocation::kind::unknown;
    asked.args.insert(asked.args.end(), words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    return asked;
}

} // namespace parlance::cli
