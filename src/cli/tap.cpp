#include "cli/child_options.hpp"
#include "cli/commands.hpp"
#include "cli/tap_way.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

namespace parlance::cli {
namespace {

// Long enough for all but a parent that does not read, whom our signals then need no longer spare.
constexpr milliseconds patience_before_signals_end_us{200};

struct tap_request {
    std::string framing = "lines", mode = "stdio", log;
    child_request child;
};

/// Talks hold secrets: what is made is for its owner alone.
unwaiting_fd opened_log(std::string const& path) {
    constexpr auto flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    unique_fd file(::open(path.c_str(), flags, S_IRUSR | S_IWUSR));
    if (file) return unwaiting_fd(std::move(file));
    auto const fault = errno;
    throw_errno(fault, {.input = path,
                        .mend = fault == ENXIO ? "start whoever reads it first" : "name a file that may be written"});
}

/// A pipe to or from the program.
struct tap_pipe {
    unique_fd theirs;
    unwaiting_fd ours;
};

tap_pipe made_pipe(bool program_reads) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno(errno, {.input = "pipe"});
    unique_fd readable(ends[0]), writable(ends[1]);
    auto& ours = program_reads ? writable : readable;
    ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
    tap_pipe made;
    made.ours = unwaiting_fd(std::move(ours));
    made.theirs = std::move(program_reads ? readable : writable);
    return made;
}

/// Where it is shown, and how its end is to be told.
struct tap_place {
    tap_place(command_line& told, tap_request const& asked) : line(told), path(asked.log) {
        auto to = path.empty() ? own(STDERR_FILENO, O_WRONLY) : opened_log(path);
        if (!path.empty()) file.emplace(to.get(), color_choice::never);
        log.emplace(std::move(to), file ? *file : line.err(),
                    tap_log::manner{framing_value(asked.framing), line.json()});
    }
    /// False where nobody takes what is said, so that nothing more should be.
    bool finish(tap_summary& summary, int status) {
        auto const ended = log->finish(summary);
        if (ended == tap_log::ending::stands_still) ::_exit(status); // its thread cannot be waited for
        if (path.empty()) return ended == tap_log::ending::shown;
        if (log->fault() != 0)
            line.warn(path + ": " + std::system_category().message(log->fault()) + "; " +
                      std::to_string(summary.left_out) + " records are not in it");
        return true;
    }

    command_line& line;
    std::string path;
    std::optional<output> file;
    std::optional<tap_log> log;
};

struct tap_ways {
    tap_way in, out;

    /// After the program's end: all that it wrote goes to whoever reads it, however slowly. A signal ends us then.
    std::array<tap_way::outcome, 2> finish(signal_watch& signals, bool told_to_end) {
        in.program_ended();
        out.program_ended();
        if (!out.is_over_within(patience_before_signals_end_us)) {
            if (told_to_end) signals.forget(); // the one that ended the program often comes twice
            signals.let_go();
        }
        return {in.join(), out.join()};
    }
};

/// True where something was lost for another reason than that one side was closed.
bool tell_faults(std::array<tap_way::outcome, 2> const& outcomes, command_line& line) {
    bool lost = false;
    auto const tell = [&](std::error_code fault, char const* what) {
        if (!fault) return;
        lost = true;
        line.tell(explained(
            failure(boost::system::error_code(fault.value(), boost::system::system_category()), {.input = what})));
    };
    tell(outcomes[0].read_fault, "standard input");
    tell(outcomes[1].write_fault, "standard output");
    return lost;
}

asio::awaitable<int> tap(std::shared_ptr<tap_request> asked, command_line& line) {
    auto const frames = framing_value(asked->framing);
    if (asked->mode == "ipc") throw not_in_this_version("parlance tap --mode ipc");
    if (asked->mode != "stdio") throw usage_problem("--mode is stdio or ipc, not `" + asked->mode + "`");
    auto const grace = grace_of(asked->child);
    auto words = line.program();
    auto options = options_of(asked->child);
    signal_watch signals; // before there are threads, which are to have them blocked too
    tap_place place(line, *asked);
    auto to_program = made_pipe(true), from_program = made_pipe(false);
    options.in = stdio::descriptor(to_program.theirs.get());
    options.out = stdio::descriptor(from_program.theirs.get());
    options.err = stdio::inherit();
    auto const token = new_token();
    options.token = token;
    auto const told_to_end = std::make_shared<bool>(false);

    auto const program = std::move(words.front());
    words.erase(words.begin());
    auto running = spawn(program, words, options);
    to_program.theirs.reset();
    from_program.theirs.reset();
    tap_ways ways{
        {tap_direction::to_program, taken_over(STDIN_FILENO, O_RDONLY), std::move(to_program.ours), frames, *place.log},
        {tap_direction::from_program, std::move(from_program.ours), taken_over(STDOUT_FILENO, O_WRONLY), frames,
         *place.log}};
    asio::co_spawn(co_await asio::this_coro::executor, pass_on(signals, running, grace, false, told_to_end),
                   asio::detached);
    tap_summary summary;
    summary.end = co_await running.wait();
    sweep_after(running, summary.end, *told_to_end);
    auto const outcomes = ways.finish(signals, *told_to_end);
    summary.left_open = outcomes[1].left_open;
    summary.time = std::chrono::system_clock::now();
    auto const late = summary.end.reason == end_reason::timed_out;
    auto const status = late ? status::timed_out : summary.end.shell_status();
    if (!place.finish(summary, status)) co_return status;
    if (late) throw timed_out_problem(summary.end, running.command(), asked->child);
    co_return tell_faults(outcomes, line) && status == 0 ? status::failed : status;
}

} // namespace

void add_tap(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<tap_request>();
    app.add_option("--framing", asked->framing,
                   "How messages are told apart, both ways: lines, concatenated, content-length (language servers), "
                   "record-separator (default: lines)")
        ->type_name("lines|concatenated|content-length|record-separator");
    app.add_option("--log", asked->log,
                   "Append to this file instead of showing on standard error; it is made readable for its owner alone")
        ->type_name("FILE");
    app.add_option("--mode", asked->mode, "What is looked at: standard input and output (default: stdio)")
        ->type_name("stdio");
    add_child_options(app, asked->child);
    line.takes_program();
    line.page(
        {.usage = "[options] -- PROGRAM [ARG...]",
         .more = "Put it in front of a program, in the configuration of an editor, of an MCP client, or of whatever "
                 "starts it, and see the talk. Every byte passes at once and unchanged, both ways; the end of one side "
                 "is the end of the other; whoever reads slowly holds up the other side as before. Signals, standard "
                 "error and exit status are those of `parlance spawn`.\n"
                 "For each message: the time of day, the milliseconds since the one before, -> to the program or <- "
                 "from it, its size in bytes, and itself. What is no message is said to be none. A terminal shows the "
                 "beginning of long ones, a file and --json all of it.\n"
                 "--json: {\"time\",\"ms\",\"direction\":\"in\"|\"out\",\"bytes\",\"message\"}; what is no JSON has "
                 "\"text\" instead, and \"kind\"; the last object is {\"time\",\"end\"}.\n"
                 "Who reads this slowly, or not at all, does not hold up the talk: records for which there is no room "
                 "are left out and counted. A file on a disk is waited for while it takes something.",
         .examples = {{"parlance tap -- npx -y @modelcontextprotocol/server-memory",
                       "what an MCP client has in its configuration, and you see both sides"},
                      {"parlance tap --framing content-length --json --log talk.jsonl -- clangd",
                       "what the editor says to its language server, for jq"}},
         .statuses = {{"0", "that of the program, whatever it is"},
                      {"1", "the log cannot be opened, or our input or output failed and the program ended with 0"},
                      {"124", "the timeout was over"},
                      {"126", "the program may not be executed"},
                      {"127", "the program was not found"},
                      {"128+N", "signal N ended it"}}});
    line.does([asked, &line] { return line.run(tap(asked, line)); });
}

} // namespace parlance::cli
