#include "cli/child_options.hpp"
#include "cli/commands.hpp"
#include "cli/parent_channel.hpp"
#include "cli/tap_way.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <sys/socket.h>
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
    std::string framing, mode = "stdio", log;
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
    tap_place(command_line& told, tap_request const& asked, framing frames) : line(told), path(asked.log) {
        auto to = path.empty() ? own(STDERR_FILENO, O_WRONLY) : opened_log(path);
        if (!path.empty()) file.emplace(to.get(), color_choice::never);
        log.emplace(std::move(to), file ? *file : line.err(), tap_log::manner{frames, line.json()});
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
bool tell_faults(std::array<tap_way::outcome, 2> const& outcomes, bool over_ipc, command_line& line) {
    bool lost = false;
    auto const tell = [&](std::error_code fault, char const* what) {
        if (!fault) return;
        lost = true;
        auto const code = boost::system::error_code(fault.value(), boost::system::system_category());
        line.tell(explained(failure(code, {.input = over_ipc ? "the IPC channel of the parent process" : what})));
    };
    tell(outcomes[0].read_fault, "standard input");
    tell(outcomes[1].write_fault, "standard output");
    return lost;
}

/// What is sat in the middle of: how its messages are told apart, what the program is started with, and the two ways.
class tapped {
public:
    explicit tapped(framing how) noexcept : frames(how) {}
    virtual ~tapped() = default;
    virtual void give_to(spawn_options&) = 0;
    /// Once the program has been started.
    virtual std::unique_ptr<tap_ways> carry(tap_log&) = 0;
    virtual bool over_ipc() const noexcept = 0;
    /// The program is in our process group, and reads our terminal.
    virtual bool shares_terminal() const noexcept { return false; }

    framing const frames;
};

class tapped_stdio final : public tapped {
public:
    using tapped::tapped;
    void give_to(spawn_options& options) override {
        to_program_ = made_pipe(true), from_program_ = made_pipe(false);
        options.in = stdio::descriptor(to_program_.theirs.get());
        options.out = stdio::descriptor(from_program_.theirs.get());
        options.err = stdio::inherit();
    }
    std::unique_ptr<tap_ways> carry(tap_log& log) override {
        to_program_.theirs.reset();
        from_program_.theirs.reset();
        return std::unique_ptr<tap_ways>(new tap_ways{
            {tap_direction::to_program, taken_over(STDIN_FILENO, O_RDONLY), std::move(to_program_.ours), frames, log},
            {tap_direction::from_program, std::move(from_program_.ours), taken_over(STDOUT_FILENO, O_WRONLY), frames,
             log}});
    }
    bool over_ipc() const noexcept override { return false; }

private:
    tap_pipe to_program_, from_program_;
};

/// Node's channel between whoever forked us and the program.
class tapped_ipc final : public tapped {
public:
    tapped_ipc(parent_socket up, std::vector<std::string> environment)
        : tapped(up.how == serialization::json ? framing::lines : framing::length_prefix),
          parent_(std::move(up.socket)), environment_(std::move(environment)) {
        name_channel(3, up.how, environment_);
    }
    void give_to(spawn_options& options) override {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            throw_errno(errno, {.input = "socket"});
        ours_ = unique_fd(ends[0]), theirs_ = unique_fd(ends[1]);
        third_ = stdio::descriptor(theirs_.get());
        options.in = options.out = options.err = stdio::inherit();
        options.more = {&third_, 1};
        options.env = environment_;
        options.own_group = !shares_terminal();
    }
    std::unique_ptr<tap_ways> carry(tap_log& log) override {
        theirs_.reset();
        auto const way = [](unique_fd fd) { return unwaiting_fd::one_way_of(std::move(fd)); };
        auto parent_again = ipc_handle::copy_of(parent_.get()), ours_again = ipc_handle::copy_of(ours_.get());
        return std::unique_ptr<tap_ways>(
            new tap_ways{{tap_direction::to_program, way(std::move(parent_)), way(std::move(ours_)), frames, log, true},
                         {tap_direction::from_program, way(std::move(ours_again)), way(std::move(parent_again)), frames,
                          log, true}});
    }
    bool over_ipc() const noexcept override { return true; }
    bool shares_terminal() const noexcept override { return ::isatty(STDIN_FILENO) == 1; }

private:
    unique_fd parent_, ours_, theirs_;
    std::vector<std::string> environment_;
    stdio third_ = stdio::ignore();
};

std::unique_ptr<tapped> tapped_as(tap_request const& asked) {
    if (asked.mode == "stdio")
        return std::make_unique<tapped_stdio>(framing_value(asked.framing.empty() ? "lines" : asked.framing));
    if (asked.mode != "ipc") throw usage_problem("--mode is stdio or ipc, not `" + asked.mode + "`");
    if (!asked.framing.empty())
        throw usage_problem("--framing is for --mode stdio", "the IPC channel has the serialization of its parent");
    return std::make_unique<tapped_ipc>(
        joined_parent("in Node: fork('tap', ['--mode', 'ipc', '--', 'node', 'worker.js'], "
                      "{execPath: 'parlance', execArgv: []})"),
        asked.child.env);
}

asio::awaitable<int> tap(std::shared_ptr<tap_request> asked, command_line& line) {
    auto const grace = grace_of(asked->child);
    program_words const words(line);
    auto options = options_of(asked->child);
    auto const what = tapped_as(*asked);
    signal_watch signals; // before there are threads, which are to have them blocked too
    tap_place place(line, *asked, what->frames);
    what->give_to(options);
    auto const told_to_end = std::make_shared<bool>(false);

    auto running = spawn(words.program, words.arguments, options);
    auto const ways = what->carry(*place.log);
    asio::co_spawn(co_await asio::this_coro::executor,
                   pass_on(signals, running, grace, what->shares_terminal(), told_to_end), asio::detached);
    tap_summary summary;
    summary.end = co_await running.wait();
    sweep_after(running, summary.end, *told_to_end);
    auto const outcomes = ways->finish(signals, *told_to_end);
    summary.left_open = outcomes[1].left_open;
    summary.time = std::chrono::system_clock::now();
    auto const late = summary.end.reason == end_reason::timed_out;
    auto const status = late ? status::timed_out : summary.end.shell_status();
    if (!place.finish(summary, status)) co_return status;
    if (late) throw timed_out_problem(summary.end, running.command(), asked->child);
    co_return tell_faults(outcomes, what->over_ipc(), line) && status == 0 ? status::failed : status;
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
    app.add_option("--mode", asked->mode,
                   "What is looked at: standard input and output, or Node's IPC channel (default: stdio)")
        ->type_name("stdio|ipc");
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
                 "--mode ipc: it is started by Node's fork(), or parlance's, and sits on the IPC channel; standard "
                 "input and output are the program's own. Sockets pass too: each is a record of its own, of the kind "
                 "handle, in front of the messages that came with it. With serialization advanced messages are shown "
                 "in the forms of `parlance help fork`.\n"
                 "Who reads this slowly, or not at all, does not hold up the talk: records for which there is no room "
                 "are left out and counted. A file on a disk is waited for while it takes something.",
         .examples = {{"parlance tap -- npx -y @modelcontextprotocol/server-memory",
                       "what an MCP client has in its configuration, and you see both sides"},
                      {"parlance tap --framing content-length --json --log talk.jsonl -- clangd",
                       "what the editor says to its language server, for jq"},
                      {"node -e \"require('child_process').fork('worker.js', {execPath: 'parlance', execArgv: ['tap', "
                       "'--mode', 'ipc', '--', 'node']}).send(1)\"",
                       "what a Node program says to its child"}},
         .statuses = {{"0", "that of the program, whatever it is"},
                      {"1", "the log cannot be opened, or our input or output failed and the program ended with 0"},
                      {"124", "the timeout was over"},
                      {"126", "the program may not be executed"},
                      {"127", "the program was not found"},
                      {"128+N", "signal N ended it"}}});
    line.does([asked, &line] { return line.run(tap(asked, line)); });
}

} // namespace parlance::cli
