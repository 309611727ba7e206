#include "cli/help.hpp"

#include "cli/table.hpp"

#include <algorithm>

namespace parlance::cli {
namespace {

constexpr std::size_t page_width = 100;
using rows = std::vector<help_page::row>;

std::string heading(output& out, std::string_view text) { return out.painted(paint::bold, text) + "\n"; }

/// Left column, then the text beside it, wrapped.
std::string two_columns(rows const& lines) {
    std::size_t left = 0;
    for (auto const& line : lines) left = std::max(left, std::min<std::size_t>(width(line.left), 26));
    std::string text;
    for (auto const& line : lines) {
        auto const indent = left + 4;
        text += "  " + line.left;
        if (width(line.left) > left)
            text += "\n" + std::string(indent, ' ');
        else
            text += std::string(indent - 2 - width(line.left), ' ');
        text += wrapped(line.right, page_width, indent) + "\n";
    }
    return text;
}

/// Each line of its own, wrapped.
std::string paragraphs(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        lines += wrapped(text.substr(0, end), page_width, 0) + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

rows arguments_of(CLI::App const& app) {
    rows lines;
    for (auto const* option : app.get_options())
        if (option->get_positional()) lines.push_back({option->get_name(true), option->get_description()});
    return lines;
}

rows options_of(CLI::App const& app, std::string_view group) {
    rows lines;
    for (auto const* option : app.get_options()) {
        if (option->get_positional() || option->get_group() != group) continue;
        auto name = option->get_name(false, true);
        std::replace(name.begin(), name.end(), ',', ' ');
        if (option->get_expected_max() > 0 && !option->get_type_name().empty()) name += " " + option->get_type_name();
        lines.push_back({name, option->get_description()});
    }
    return lines;
}

rows statuses_of(help_page const& page) {
    auto lines = page.statuses;
    auto const has = [&](std::string_view left) {
        return std::any_of(lines.begin(), lines.end(), [&](auto const& line) { return line.left == left; });
    };
    if (!has("1")) lines.push_back({"1", "failed; standard error says why"});
    if (!has("2")) lines.push_back({"2", "wrong usage"});
    std::stable_sort(lines.begin(), lines.end(), [](auto const& a, auto const& b) {
        return a.left.size() != b.left.size() ? a.left.size() < b.left.size() : a.left < b.left;
    });
    return lines;
}

std::string examples(rows const& lines) {
    std::string text;
    for (auto const& [typed, what] : lines) text += "  " + typed + "\n      " + wrapped(what, page_width, 6) + "\n";
    return text;
}

rows commands_in(std::span<command const> commands, bool (*belongs)(std::string_view)) {
    rows lines;
    for (auto const& each : commands)
        if (each.add && belongs(each.name)) lines.push_back({std::string(each.name), std::string(each.purpose)});
    return lines;
}

} // namespace

std::string command_help(command const& which, CLI::App const& app, command_line& line) {
    auto& out = line.out();
    auto const& page = line.page();
    auto text = std::string(which.purpose) + "\n\n" + heading(out, "Usage");
    text += "  parlance " + std::string(which.name) + " " + page.usage + "\n";
    if (!page.more.empty()) text += "\n" + paragraphs(page.more);
    if (auto const lines = arguments_of(app); !lines.empty())
        text += "\n" + heading(out, "Arguments") + two_columns(lines);
    if (auto const lines = options_of(app, "Options"); !lines.empty())
        text += "\n" + heading(out, "Options") + two_columns(lines);
    text += "\n" + heading(out, "Everywhere") + two_columns(options_of(app, "Everywhere"));
    text += "\n" + heading(out, "Examples") + examples(page.examples);
    text += "\n" + heading(out, "Exit status") + two_columns(statuses_of(page));
    text += "\nDurations: 250ms 5s 10m 2h 1d, a bare number is seconds. Sizes: bytes, or 64KiB 1MiB.\n";
    return text;
}

std::string group_help(std::string_view group, std::span<command const> commands, output& out) {
    auto const prefix = std::string(group) + " ";
    rows lines;
    for (auto const& each : commands)
        if (each.add && each.name.starts_with(prefix))
            lines.push_back({std::string(each.name), std::string(each.purpose)});
    return heading(out, "Usage") + "  parlance " + prefix + "COMMAND ...\n\n" + heading(out, "Commands") +
           two_columns(lines) + "\n`parlance help " + prefix + "COMMAND` tells all about one of them.\n";
}

std::string overview(std::span<command const> commands, output& out) {
    auto const in_queue = [](std::string_view name) { return name.starts_with("queue "); };
    auto const in_processes = [](std::string_view name) {
        return name == "exec" || name == "spawn" || name == "fork" || name == "attach" || name == "call" ||
               name == "tap";
    };
    auto const in_work = [](std::string_view name) { return name == "work"; };
    auto const in_house = [](std::string_view name) {
        return name == "doctor" || name == "completions" || name == "help";
    };
    std::string text = "parlance: processes that talk, and queues that lose nothing\n\n";
    text += heading(out, "Usage") + "  parlance COMMAND ...\n";
    text += "\n" + heading(out, "Queues (a directory, no server)") + two_columns(commands_in(commands, in_queue));
    if (auto const lines = commands_in(commands, in_work); !lines.empty())
        text += "\n" + heading(out, "Work") + two_columns(lines);
    text += "\n" + heading(out, "Processes") + two_columns(commands_in(commands, in_processes));
    text += "\n" + heading(out, "The house") + two_columns(commands_in(commands, in_house));
    text += "\n" + heading(out, "Everywhere") +
            two_columns({{"--json", "one JSON object on a line for each result and each error"},
                         {"--color WHEN", "auto, always or never (environment: NO_COLOR); --no-color is never"},
                         {"-h --help", "the page of a command: options, examples, exit status"},
                         {"--version", "which parlance this is"}});
    text += "\n" + heading(out, "Examples") +
            examples({{"parlance queue create jobs",
                       "makes a queue; `ls *.png | parlance queue send jobs --lines --text` fills it"},
                      {"parlance queue receive jobs --json",
                       "takes a message for 30 s; `parlance queue ack jobs ID` finishes it"},
                      {"parlance exec 'make -j4' --timeout 5m --json", "runs a command line and tells how it ended"}});
    text += "\n`parlance help COMMAND` tells all about one; `parlance help exit-codes` lists the exit statuses.\n";
    return text;
}

std::string exit_codes_help(output& out) {
    return heading(out, "Exit status of every command") +
           two_columns({{"0", "done; a server or `work` that SIGINT or SIGTERM ended in good order"},
                        {"1", "failed; standard error says why (with --json: {\"error\":{\"code\":…}})"},
                        {"2", "wrong usage: an unknown command or option, a missing argument, not in this version"},
                        {"3", "nothing there: an empty queue, a wait that found nothing, a message that is gone"},
                        {"124", "timed out: `--timeout` of `exec`, `spawn`, `tap` and `queue wait`"},
                        {"126", "the program may not be executed"},
                        {"127", "the program was not found"},
                        {"128+N", "ended by signal N: 130 is SIGINT, 137 SIGKILL, 143 SIGTERM; 141 when whoever reads "
                                  "our output has gone"}}) +
           "\n`exec`, `spawn` and `tap` hand on the status of the program they ran, whatever it is.\n";
}

} // namespace parlance::cli
