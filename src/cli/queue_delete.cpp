#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

struct delete_request {
    std::string queue;
    confirmation confirmed;
};

asio::awaitable<int> queue_delete(std::shared_ptr<delete_request> asked, command_line& line) {
    auto const target = named_queue(line, asked->queue);
    auto const there = (co_await target.info()).msgs;
    auto count = there;
    if (!asked->confirmed.dry_run) {
        if (there > 0)
            confirm(asked->confirmed, "Delete " + asked->queue + " with " + counted(there, "message") + "?", true,
                    line);
        count = co_await target.remove();
    }
    if (line.json())
        line.out().line(json_line().text("name", asked->queue).number("count", count).str());
    else
        line.out().line("queue " + asked->queue + (asked->confirmed.dry_run ? " would be" : "") + " deleted with " +
                        counted(count, "message"));
    co_return status::done;
}

} // namespace

void add_queue_delete(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<delete_request>();
    add_name(app, asked->queue);
    add_confirmation(app, asked->confirmed);
    line.takes_store(app);
    line.page({.usage = "NAME [options]",
               .more =
                   "A queue that holds messages is deleted only after a yes: on a terminal it asks, elsewhere it needs "
                   "--yes. Its dead letters lie in a queue of their own, and stay.",
               .examples = {{"parlance queue delete jobs", "says how many messages go with it, and asks"},
                            {"parlance queue delete jobs --yes", "does not ask"}},
               .statuses = {{"0", "deleted (with --dry-run: counted)"},
                            {"1", "failed, or the answer was no"},
                            {"2", "wrong usage; it holds messages and nobody said --yes"}}});
    line.does([asked, &line] { return line.run(queue_delete(asked, line)); });
}

} // namespace parlance::cli
