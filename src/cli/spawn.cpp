#include "cli/bridge.hpp"
#include "cli/child_options.hpp"
#include "cli/commands.hpp"

namespace parlance::cli {
namespace {

struct spawn_request {
    std::string framing = "lines", noise = "stderr";
    child_request child;
};

asio::awaitable<int> spawn_and_talk(std::shared_ptr<spawn_request> asked, command_line& line) {
    auto const frames = framing_value(asked->framing);
    auto const noise = noise_value(asked->noise);
    static_cast<void>(grace_of(asked->child));
    program_words const words(line);
    auto options = options_of(asked->child);
    options.err = stdio::inherit();

    signal_watch signals;
    auto running = spawn(words.program, words.arguments, options);
    auto const name = "stdout of `" + running.command() + "`";
    channel_options talk_options;
    talk_options.noise = noise;
    talk_options.name = name;
    auto over = talk_over(running.messages(frames, talk_options), running.command(), " (--noise skip drops it)", line);
    co_return co_await carry(running, std::move(over), signals, asked->child, line);
}

} // namespace

void add_spawn(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<spawn_request>();
    app.add_option("--framing", asked->framing,
                   "How the program tells messages apart: lines, concatenated, content-length (language servers), "
                   "record-separator (default: lines)")
        ->type_name("lines|concatenated|content-length|record-separator");
    add_noise_option(app, asked->noise);
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
