#include "cli/bridge.hpp"
#include "cli/child_options.hpp"
#include "cli/commands.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <csignal>

namespace parlance::cli {
namespace {

constexpr milliseconds grace_of_a_broken_talk{5000};

struct spawn_request {
    std::string framing = "lines", noise = "stderr";
    child_request child;
};

parlance::noise noise_of(std::string const& name) {
    if (auto const known = parse_noise(name)) return *known;
    throw usage_problem("--noise is stderr, skip or error, not `" + name + "`");
}

int status_after(bridge const& state, process_end const& end, child_request const& asked) {
    if (state.output_gone) return status::by_signal + SIGPIPE;
    if (end.reason == end_reason::timed_out) throw timed_out_problem(end, state.peer, asked);
    if (state.broken) return status::failed;
    if (end.shell_status() == 0 && state.bad_input) return status::failed;
    return end.shell_status();
}

asio::awaitable<int> spawn_and_talk(std::shared_ptr<spawn_request> asked, command_line& line) {
    auto const frames = framing_value(asked->framing);
    auto const noise = noise_of(asked->noise);
    auto const grace = grace_of(asked->child);
    auto words = line.program();
    auto options = options_of(asked->child);
    options.err = stdio::inherit();
    auto const token = new_token();
    options.token = token;
    auto const told_to_end = std::make_shared<bool>(false);

    signal_watch signals;
    auto const loop = co_await asio::this_coro::executor;
    auto const program = std::move(words.front());
    words.erase(words.begin());
    auto running = spawn(program, words, options);
    auto const name = "stdout of `" + running.command() + "`";
    channel_options talk_options;
    talk_options.noise = noise;
    talk_options.name = name;
    auto state = std::make_shared<bridge>(running.messages(frames, talk_options), running.command(), line, loop);
    auto const stop_peer = [&running, loop] {
        running.kill(signal::term);
        asio::co_spawn(loop, kill_after(running, grace_of_a_broken_talk), asio::detached);
    };
    asio::co_spawn(loop, pass_on(signals, running, grace, false, told_to_end), asio::detached);
    asio::co_spawn(loop, carry_input(state), asio::detached);
    asio::co_spawn(loop, carry_output(state, stop_peer), asio::detached);
    auto const end = co_await running.wait();
    sweep_after(running, end, *told_to_end);
    co_await finish_output(state);
    if (state->reading_input) state->not_taken += (co_await state->talk.close()).size();
    if (state->not_taken > 0 && !state->output_gone)
        line.warn(state->peer + " took no more input: " + std::to_string(state->not_taken) +
                  " of our messages had no reader");
    tell_signal(end, line);
    co_return status_after(*state, end, asked->child);
}

} // namespace

void add_spawn(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<spawn_request>();
    app.add_option("--framing", asked->framing,
                   "How the program tells messages apart: lines, concatenated, content-length (language servers), "
                   "record-separator (default: lines)")
        ->type_name("lines|concatenated|content-length|record-separator");
    app.add_option(
           "--noise", asked->noise,
           "What becomes of output that is no message: stderr passes it on there, skip drops it, error ends the "
           "talk (default: stderr)")
        ->type_name("stderr|skip|error");
    add_child_options(app, asked->child);
    line.takes_program();
    line.page(
        {.usage = "[options] -- PROGRAM [ARG...]",
         .more = "Each line of JSON on standard input is one message to the program; each message from it is one line "
                 "of JSON on standard output; its standard error is ours. The end of our input is the end of its "
                 "input. A line of ours that is not JSON is an error that names line and column, and the next line "
                 "is read. SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on to it at once; a second SIGINT or "
                 "SIGTERM kills it.",
         .examples = {{"echo '{\"n\":1}' | parlance spawn -- node child.js", "one message, and whatever it answers"},
                      {"parlance spawn --framing content-length --noise skip -- clangd < requests.jsonl",
                       "talks to a language server in lines of JSON"}},
         .statuses = {{"0", "that of the program, whatever it is"},
                      {"1", "failed, or the program ended with 0 and a line of our input was bad"},
                      {"124", "the timeout was over"},
                      {"126", "the program may not be executed"},
                      {"127", "the program was not found"},
                      {"128+N", "signal N ended it"}}});
    line.does([asked, &line] { return line.run(spawn_and_talk(asked, line)); });
}

} // namespace parlance::cli
