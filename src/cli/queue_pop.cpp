#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

struct pop_request {
    std::string queue;
    bool text = false;
};

asio::awaitable<int> queue_pop(std::shared_ptr<pop_request> asked, command_line& line) {
    auto const got = co_await named_queue(line, asked->queue).pop();
    if (!got) {
        if (!line.json() && line.err().is_terminal()) line.err().line("nothing to receive in " + asked->queue);
        co_return status::nothing;
    }
    if (line.json())
        line.out().line(delivery_json(*got, asked->text, false));
    else
        print_message(line.out(), got->text());
    co_return status::done;
}

} // namespace

void add_queue_pop(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<pop_request>();
    add_name(app, asked->queue);
    app.add_flag("--text", asked->text, "The message as a text, whatever it is");
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more =
             "The message is gone from the queue at once: when whoever popped it fails, it is lost. Where that must "
             "not be, use `queue receive` and `queue ack`.",
         .examples = {{"parlance queue pop jobs", "prints the next message"},
                      {"while m=$(parlance queue pop names --text); do echo \"$m\"; done",
                       "takes texts until there are none"}},
         .statuses = {{"0", "popped"}, {"3", "there was none"}, {"1", "failed: queueNotFound, ..."}}});
    line.does([asked, &line] { return line.run(queue_pop(asked, line)); });
}

} // namespace parlance::cli
