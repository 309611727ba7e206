#include "cli/front.hpp"

#include "cli/help.hpp"
#include "cli/json_line.hpp"
#include "cli/suggest.hpp"
#include "ipc/parent_socket.hpp"

#include <parlance/version.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

namespace parlance::cli {
namespace {

using words = std::vector<std::string>;

/// The words that may be options: those in front of `--`.
std::span<std::string const> before_dashes(words const& all) {
    return {all.begin(), std::find(all.begin(), all.end(), "--")};
}

bool has(std::span<std::string const> args, std::string_view word) {
    return std::find(args.begin(), args.end(), word) != args.end();
}

/// Read before anything else, since errors are colored too.
color_choice color_of(std::span<std::string const> args) {
    auto choice = color_choice::automatic;
    for (std::size_t i = 0; i < args.size(); ++i) {
        auto value = std::string_view(args[i]);
        if (value == "--no-color") choice = color_choice::never;
        if (value.starts_with("--color="))
            value.remove_prefix(8);
        else if (value == "--color" && i + 1 < args.size())
            value = args[i + 1];
        else
            continue;
        choice = value == "always"  ? color_choice::always
                 : value == "never" ? color_choice::never
                                    : color_choice::automatic;
    }
    return choice;
}

problem unknown_command(std::string const& name, std::span<command const> commands) {
    words names{"help"};
    auto const of_group = name.find(' ') != name.npos;
    for (auto const& each : commands) {
        if (!each.add) continue;
        if (each.name == "queue " + name)
            return usage_problem("there is no command `" + name + "`", "did you mean `parlance queue " + name + "`?");
        names.emplace_back(of_group ? each.name : each.name.substr(0, each.name.find(' ')));
    }
    auto const meant = nearest(name, names);
    return usage_problem("there is no command `" + name + "`", meant.empty()
                                                                   ? "`parlance help` lists the commands"
                                                                   : "did you mean `parlance " + meant + "`?");
}

problem unknown_option(std::string option, command const& which, CLI::App const& app, command_line const& line) {
    option.resize(std::min(option.find('='), option.size()));
    if (has(line.later(), option)) return not_in_this_version("parlance " + std::string(which.name) + " " + option);
    words names;
    for (auto const* each : app.get_options())
        for (auto const& name : each->get_lnames()) names.push_back("--" + name);
    auto const meant = nearest(option, names);
    return usage_problem("`parlance " + std::string(which.name) + "` has no option " + option,
                         meant.empty() ? "`parlance help " + std::string(which.name) + "` lists its options"
                                       : "did you mean " + meant + "?");
}

/// What CLI11 could not place: an option that is not there, or a word too many.
void check_extras(command const& which, CLI::App const& app, command_line const& line) {
    auto extras = app.remaining();
    if (auto const dashes = std::find(extras.begin(), extras.end(), "--"); dashes != extras.end()) extras.erase(dashes);
    for (auto const& extra : extras)
        if (extra.size() > 1 && extra[0] == '-' && extra != "--") throw unknown_option(extra, which, app, line);
    if (extras.empty()) return;
    auto const usage = "parlance " + std::string(which.name) + " " + line.page().usage;
    if (line.has_program())
        throw usage_problem("`" + extras.front() + "` must stand behind `--`",
                            "the program and its arguments stand behind `--`: " + usage);
    throw usage_problem("`" + extras.front() + "` is one word too many",
                        "usage: " + usage + " (a text with spaces needs quotes)");
}

problem wrong_arguments(CLI::ParseError const& fault, command const& which, CLI::App const& app,
                        command_line const& line) {
    auto const usage = "usage: parlance " + std::string(which.name) + " " + line.page().usage;
    for (auto const* each : app.get_options())
        if (each->get_required() && each->count() == 0)
            return usage_problem((each->get_positional() ? each->get_name(true) : each->get_name()) + " is missing",
                                 usage);
    std::string const text = fault.what();
    if (fault.get_name() == "ArgumentMismatch" && text.starts_with("--"))
        return usage_problem(text.substr(0, text.find(':')) + " needs a value, once", usage);
    return usage_problem(text, usage);
}

void check_color(std::string const& value) {
    if (value != "auto" && value != "always" && value != "never")
        throw usage_problem("--color is auto, always or never, not `" + value + "`");
}

int run_one(command const& which, words args, command_line& line, bool help_only) {
    if (!which.add) throw not_in_this_version("parlance " + std::string(which.name));
    CLI::App app(std::string(which.purpose), "parlance " + std::string(which.name));
    app.set_help_flag();
    app.allow_extras();
    which.add(app, line);
    everywhere typed;
    add_everywhere(app, typed);
    auto const options = before_dashes(args);
    if (help_only || has(options, "--help") || has(options, "-h")) {
        line.out().write(command_help(which, app, line));
        return status::done;
    }
    if (auto const dashes = args.begin() + static_cast<std::ptrdiff_t>(options.size());
        line.has_program() && dashes != args.end()) {
        line.program(words(dashes + 1, args.end()));
        args.erase(dashes, args.end());
    }
    std::reverse(args.begin(), args.end()); // CLI11 takes them from the back
    try {
        app.parse(args);
    } catch (CLI::ParseError const& fault) {
        check_extras(which, app, line);
        throw wrong_arguments(fault, which, app, line);
    }
    check_extras(which, app, line);
    check_color(typed.color);
    return line.act();
}

int help_for(invocation const& asked, command_line& line, std::span<command const> commands) {
    if (asked.name == "exit-codes")
        line.out().write(exit_codes_help(line.out()));
    else if (asked.which)
        return run_one(*asked.which, {}, line, true);
    else
        throw unknown_command(asked.name, commands);
    return status::done;
}

/// The options that stand where no command does.
void check_options_alone(words const& args) {
    words const known{"--help", "--version", "--json", "--color", "--no-color", "--store"};
    for (std::size_t i = 0; i < args.size(); ++i) {
        auto const option = args[i].substr(0, args[i].find('='));
        if (option == "--color" || option == "--store") i += option == args[i] ? 1 : 0;
        if (option == "-h" || has(known, option)) continue;
        auto const meant = nearest(option, known);
        throw usage_problem("`parlance` has no option " + option,
                            meant.empty() ? "`parlance help` lists what there is" : "did you mean " + meant + "?");
    }
}

int run_asked(invocation asked, command_line& line, std::span<command const> commands) {
    using kind = invocation::kind;
    auto& out = line.out();
    switch (asked.what) {
    case kind::run: return run_one(*asked.which, std::move(asked.args), line, false);
    case kind::help: return help_for(asked, line, commands);
    case kind::unknown: throw unknown_command(asked.name, commands);
    case kind::overview:
        check_options_alone(asked.args);
        out.write(overview(commands, out));
        break;
    case kind::group:
        check_options_alone(asked.args);
        out.write(group_help(asked.name, commands, out));
        break;
    case kind::version:
        out.line(line.json() ? json_line().text("version", parlance::version()).str()
                             : std::string("parlance ") + parlance::version());
        break;
    }
    return status::done;
}

/// Runs it, and tells what it throws.
int run_telling(invocation asked, command_line& line, std::span<command const> commands) {
    try {
        auto const status = run_asked(std::move(asked), line, commands);
        line.out().flush();
        line.err().flush();
        return status;
    } catch (problem const& told) {
        return line.tell(told);
    } catch (failure const& fault) {
        return line.tell(explained(fault));
    } catch (boost::system::system_error const& fault) {
        return line.tell(explained(failure(fault.code())));
    } catch (std::bad_alloc const&) {
        return line.tell(explained(failure(make_error_code(boost::system::errc::not_enough_memory))));
    }
}

} // namespace

namespace {

bool faults_as_json = false;

/// A page of a store's file that the disk cannot give: all that can be done is to say so.
void tell_bus_error(int) {
    constexpr std::string_view for_people =
        "error: the store's file is damaged: it was cut short, or the disk cannot be read\n"
        "hint: put a copy of data.mdb in its place; `parlance queue create` makes a new store in an empty directory\n";
    constexpr std::string_view for_programs =
        "{\"error\":{\"code\":\"storeUnavailable\",\"message\":\"the store's file is damaged: it was cut short, or "
        "the disk cannot be read\",\"hint\":\"put a copy of data.mdb in its place\"}}\n";
    auto const text = faults_as_json ? for_programs : for_people;
    static_cast<void>(!::write(2, text.data(), text.size()));
    ::_exit(status::failed);
}

/// The numbers of a standard input, output or error that are closed would go to what we open first: an event loop, or
/// the descriptor that our signals come from, which `tap` would carry and `exec` hand on. Opened the wrong way round,
/// they fail as if they were closed.
void occupy_closed_standard_descriptors() noexcept {
    for (int const fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(fd, F_GETFD) == -1)
            static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY)); // the lowest number: fd
}

} // namespace

void add_everywhere(CLI::App& app, everywhere& typed) {
    app.add_flag("--json", typed.flag, "Results and errors as JSON, one object on a line")->group("Everywhere");
    app.add_option("--color", typed.color,
                   "Colors: auto (on a terminal), always or never (environment: NO_COLOR; default: auto)")
        ->type_name("auto|always|never")
        ->group("Everywhere");
    app.add_flag("--no-color", typed.flag, "The same as --color never")->group("Everywhere");
    app.add_flag("-h,--help", typed.flag, "This page")->group("Everywhere");
}

int run_command(words all, std::span<command const> commands) {
    occupy_closed_standard_descriptors();
    if (std::getenv(channel_fd_name)) all = without_nodes_options(std::move(all), commands);
    // A reader that goes is an error of our writes; what we start gets the default back.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a store that may not grow (ulimit -f) is full, and says so
    auto const options = before_dashes(all);
    faults_as_json = has(options, "--json");
    std::signal(SIGBUS, tell_bus_error);
    command_line line(has(options, "--json"), color_of(options));
    line.commands(commands);
    try {
        return run_telling(taken_apart(all, commands), line, commands);
    } catch (output_closed const&) {
        return status::by_signal + SIGPIPE;
    }
}

} // namespace parlance::cli
