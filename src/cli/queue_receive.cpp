#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

#include <parlance/duration.hpp>

namespace parlance::cli {
namespace {

constexpr std::uint64_t most_at_once = 10'000;

struct receive_request {
    std::string queue;
    std::string count = "1";
    text_option wait, vt;
    bool text = false;
};

/// For people: what an ack needs on standard error, the message itself on standard output.
void show(delivery const& got, receive_request const& asked, command_line& line) {
    auto& err = line.err();
    err.line(err.painted(paint::dim, "id " + got.id().text() + "  receipt " + got.receipt() + "  received " +
                                         std::to_string(got.rc()) + (got.rc() == 1 ? " time" : " times")));
    err.flush();
    print_message(line.out(), got.text());
    line.out().flush();
    if (err.is_terminal() && line.out().is_terminal())
        err.line(err.painted(paint::dim, "done? parlance queue ack " + asked.queue + " " + got.id().text() +
                                             " --receipt " + got.receipt()));
}

asio::awaitable<int> queue_receive(std::shared_ptr<receive_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    receive_options options;
    options.count = queue_number("count", asked->count, 1, most_at_once);
    options.wait = queue_duration("wait", asked->wait).value_or(milliseconds(0));
    options.vt = queue_seconds_if("vt", asked->vt, false);
    auto const from = named_queue(line, asked->queue);
    if (options.wait > std::chrono::seconds(1) && line.err().is_terminal()) {
        line.err().line("Waiting up to " + format_duration(options.wait) + " for a message; Ctrl-C ends.");
        line.err().flush();
    }
    auto const got = co_await from.receive_some(options);
    for (auto const& each : got)
        line.json() ? line.out().line(delivery_json(each, asked->text, true)) : show(each, *asked, line);
    if (got.empty() && !line.json() && line.err().is_terminal())
        line.err().line("nothing to receive in " + asked->queue);
    co_return got.empty() ? status::nothing : status::done;
}

} // namespace

void add_queue_receive(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<receive_request>();
    add_name(app, asked->queue);
    app.add_option("--count", asked->count, "At most so many, 1 to 10000 (default: 1)")->type_name("N");
    app.add_option("--wait", asked->wait, "Wait so long for the first to come (default: 0, only what is there)")
        ->type_name("D");
    app.add_option("--vt", asked->vt,
                   "Hold each for so long; not acked by then, it is delivered again (default: the queue's)")
        ->type_name("D");
    app.add_flag("--text", asked->text, "The message as a text, whatever it is");
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more = "The message is on standard output, its id and receipt on standard error; with --json all in one "
                 "object: id, message, rc (how often it was received), fr (first received, ms), sent (ms), receipt.",
         .examples = {{"parlance queue receive jobs --json --wait 20s", "waits for a message, up to 20 seconds"},
                      {"parlance queue receive jobs --count 10 --vt 5m --json",
                       "up to ten messages, each for five minutes"},
                      {"parlance queue ack jobs ID --receipt RECEIPT",
                       "then finishes one, unless another has it by now"}},
         .statuses = {{"0", "received"}, {"3", "there was none"}, {"1", "failed: queueNotFound, invalidValue, ..."}}});
    line.does([asked, &line] { return line.run_until_signal(queue_receive(asked, line)); });
}

} // namespace parlance::cli
