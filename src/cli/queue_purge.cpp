#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

struct purge_request {
    std::string queue;
    confirmation confirmed;
};

asio::awaitable<int> queue_purge(std::shared_ptr<purge_request> asked, command_line& line) {
    auto const target = named_queue(line, asked->queue);
    auto const there = (co_await target.info()).msgs;
    auto count = there;
    if (!asked->confirmed.dry_run) {
        if (there > 0)
            confirm(asked->confirmed, "Remove " + counted(there, "message") + " from " + asked->queue + "?", false,
                    line);
        count = co_await target.purge();
    }
    if (line.json())
        line.out().line(json_line().text("name", asked->queue).number("count", count).str());
    else
        line.out().line(counted(count, "message") + (asked->confirmed.dry_run ? " would be" : "") + " removed from " +
                        asked->queue);
    co_return status::done;
}

} // namespace

void add_queue_purge(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<purge_request>();
    add_name(app, asked->queue);
    add_confirmation(app, asked->confirmed);
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more = "Removes waiting, delayed and leased messages. The queue and its options stay. On a terminal it says "
                 "how many there are, and asks.",
         .examples = {{"parlance queue purge jobs --dry-run", "how many would be removed"},
                      {"parlance queue purge jobs --yes --json", "removes them: {\"name\":\"jobs\",\"count\":12}"}},
         .statuses = {{"0", "removed (with --dry-run: counted)"}, {"1", "failed, or the answer was no"}}});
    line.does([asked, &line] { return line.run(queue_purge(asked, line)); });
}

} // namespace parlance::cli
