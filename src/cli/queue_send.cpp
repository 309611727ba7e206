#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/message_argument.hpp"
#include "cli/queue_words.hpp"
#include "queue/checks.hpp"

namespace parlance::cli {
namespace {

struct send_request {
    std::string queue;
    message_request message;
    text_option delay;
};

void print_ids(std::vector<message_id> const& ids, send_request const& asked, command_line& line) {
    auto& out = line.out();
    if (line.json())
        for (auto const& id : ids) out.line(json_line().text("id", id.text()).str());
    else if (asked.message.lines && out.is_terminal()) // a thousand ids help nobody there
        out.line(counted(ids.size(), "message") + " sent to " + asked.queue);
    else
        for (auto const& id : ids) out.line(id.text());
}

/// `fault`, with the line of the message that is too long for the queue.
asio::awaitable<problem> too_long(failure fault, queue target, numbered_messages messages) {
    auto told = explained(fault);
    auto const longest = (co_await target.info()).maxsize;
    for (std::size_t i = 0; i < messages.lines.size(); ++i)
        if (longest >= 0 && utf16_length(messages.texts[i]) > static_cast<std::size_t>(longest)) {
            told.place = "line " + std::to_string(messages.lines[i]);
            told.facts["line"] = messages.lines[i];
            break;
        }
    co_return told;
}

asio::awaitable<int> queue_send(std::shared_ptr<send_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    send_options options;
    options.delay = queue_seconds_if("delay", asked->delay, false);
    auto const target = named_queue(line, asked->queue);
    auto messages = read_messages(asked->message, line);
    if (messages.texts.empty()) co_return print_ids({}, *asked, line), status::done; // --lines of an empty input
    auto texts = messages.lines.empty() ? std::move(messages.texts) : messages.texts;
    auto sent = co_await as_result(target.send_all(std::move(texts), options));
    if (!sent && sent.error().code() == errc::message_too_long) {
        auto const told = co_await too_long(sent.error(), target, std::move(messages));
        throw told;
    }
    print_ids(sent.value(), *asked, line);
    co_return status::done;
}

} // namespace

void add_queue_send(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<send_request>();
    add_name(app, asked->queue);
    app.add_option("MESSAGE", asked->message.given,
                   "The message; without it, or with `-`, it is read from standard input");
    app.add_flag("--lines", asked->message.lines, "One message for each line of the input, all in one commit or none");
    app.add_flag("--text", asked->message.text, "The message is a text as it is, not JSON; receive it with --text too");
    app.add_option("--delay", asked->delay, "Hide it for so long first (default: the queue's own)")->type_name("D");
    line.takes_store(app);
    line.later({"--priority", "--key", "--group", "--header", "--ttl"});
    line.page({.usage = "NAME [MESSAGE|-] [options]",
               .more =
                   "A message is JSON, kept byte for byte as it is given, without the white space around it. It prints "
                   "the id of each message once it is safe in the store. A message that begins with a dash may stand "
                   "behind `--`: parlance queue send jobs --text -- --verbose",
               .examples = {{"parlance queue send jobs '{\"resize\":\"cat.png\"}'", "one message"},
                            {"ls *.png | parlance queue send jobs --lines --text", "one message for each file name"},
                            {"make-report | parlance queue send reports --text - --delay 10m",
                             "the whole output as one message, final newline included, to be seen in ten minutes"}},
               .statuses = {
                   {"0", "every message is in the queue"},
                   {"1", "failed, and nothing was sent: invalidJson, messageTooLong, queueNotFound, storeFull, ..."}}});
    line.does([asked, &line] { return line.run(queue_send(asked, line)); });
}

} // namespace parlance::cli
