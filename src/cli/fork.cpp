#include "cli/bridge.hpp"
#include "cli/child_options.hpp"
#include "cli/commands.hpp"

#include <unistd.h>

namespace parlance::cli {
namespace {

struct fork_request {
    std::string serialization = "json", noise = "stderr";
    child_request child;
};

asio::awaitable<int> fork_and_talk(std::shared_ptr<fork_request> asked, command_line& line) {
    auto const bad = noise_value(asked->noise);
    static_cast<void>(grace_of(asked->child)); // before anything is started
    program_words const words(line);
    auto options = options_of(asked->child);
    options.serialization = serialization_value(asked->serialization);
    options.in = stdio::ignore();
    options.out = stdio::descriptor(STDERR_FILENO); // ours has the messages, and nothing else
    options.err = stdio::inherit();

    signal_watch signals;
    auto running = fork(words.program, words.arguments, options);
    auto over = talk_over(std::move(running.channel()), running.command(), bad, line);
    co_return co_await carry(running, std::move(over), signals, asked->child, line);
}

} // namespace

void add_fork(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<fork_request>();
    app.add_option("--serialization", asked->serialization,
                   "How Node writes values on the channel: json, or advanced, which has more than JSON (default: json)")
        ->type_name("json|advanced");
    add_noise_option(app, asked->noise);
    add_child_options(app, asked->child);
    line.takes_program();
    line.page(
        {.usage = "[options] -- SCRIPT.js|PROGRAM [ARG...]",
         .more = "Starts it as Node's fork() does, with an IPC channel: each line of JSON on standard input is one "
                 "message to it, each message that it sends with process.send() is one line of JSON on standard "
                 "output. A .js, .mjs or .cjs is run by node, anything else by itself (NODE_CHANNEL_FD tells it the "
                 "channel). Its standard input is /dev/null; its standard output and error are our standard error. The "
                 "end of our input disconnects, when all of it was taken; a Node script that answers later than that "
                 "answers nobody. A line of ours that is not JSON is an error that names line and column, and the next "
                 "line is read; so is one whose cmd begins with NODE_, which is Node's own. A socket that it sends is "
                 "acknowledged and closed, and that is told. Signals are those of `parlance spawn`.\n"
                 "--serialization advanced: what JSON has not stands as an object with one key: {\"$undefined\":true} "
                 "{\"$bigint\":\"-12\"} {\"$number\":\"NaN\"} {\"$date\":\"2026-01-02T03:04:05.678Z\"} "
                 "{\"$regexp\":[\"source\",\"flags\"]} {\"$map\":[[key,value]]} {\"$set\":[value]} "
                 "{\"$error\":{\"name\",\"message\",\"stack\",\"cause\"}} {\"$bytes\":[\"Buffer\",\"base64\"]} "
                 "{\"$boxed\":value} {\"$ref\":N} {\"$hole\":true}; a plain object whose only key begins with $ is "
                 "{\"$object\":{...}}.",
         .examples = {{"echo '{\"n\":1}' | parlance fork -- child.js", "one message, and what it answers at once"},
                      {"echo '{\"$bigint\":\"9007199254740993\"}' | parlance fork --serialization advanced -- child.js",
                       "a bigint"}},
         .statuses = {{"0", "that of the program, whatever it is"},
                      {"1", "failed, or the program ended with 0 and a line of our input was bad"},
                      {"124", "the timeout was over"},
                      {"126", "the program may not be executed"},
                      {"127", "the program, or node, was not found"},
                      {"128+N", "signal N ended it"}}});
    line.does([asked, &line] { return line.run(fork_and_talk(asked, line)); });
}

} // namespace parlance::cli
