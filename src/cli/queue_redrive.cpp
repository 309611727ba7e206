#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"

#include <algorithm>

namespace parlance::cli {
namespace {

struct redrive_request {
    std::string queue;
    std::vector<std::string> ids;
    confirmation confirmed;
};

/// How many of the dead letters are meant.
std::uint64_t meant(std::vector<dead_message> const& letters, std::vector<message_id> const& ids) {
    if (ids.empty()) return letters.size();
    return static_cast<std::uint64_t>(std::count_if(letters.begin(), letters.end(), [&](auto const& letter) {
        return std::find(ids.begin(), ids.end(), letter.id) != ids.end();
    }));
}

asio::awaitable<int> queue_redrive(std::shared_ptr<redrive_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    std::vector<message_id> ids(asked->ids.begin(), asked->ids.end());
    auto const target = named_queue(line, asked->queue);
    auto const& confirmed = asked->confirmed;
    std::uint64_t count = 0;
    if (confirmed.dry_run || (!confirmed.yes && line.err().is_terminal())) {
        auto const letters = co_await target.dead();
        count = meant(letters, ids);
    }
    if (!confirmed.dry_run) {
        if (count > 0)
            confirm(confirmed, "Send " + counted(count, "dead letter") + " back to " + asked->queue + "?", false, line);
        count = co_await target.redrive(ids);
    }
    if (line.json())
        line.out().line(json_line().text("name", asked->queue).number("count", count).str());
    else
        line.out().line(counted(count, "dead letter") + (confirmed.dry_run ? " would be" : "") + " sent back to " +
                        asked->queue);
    co_return count == 0 && !ids.empty() ? status::nothing : status::done;
}

} // namespace

void add_queue_redrive(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<redrive_request>();
    add_name(app, asked->queue);
    app.add_option("ID", asked->ids, "Only these (default: all)");
    add_confirmation(app, asked->confirmed);
    line.takes_store(app);
    line.page({.usage = "NAME [ID...] [options]",
               .more =
                   "NAME is the queue they came from. Their attempts begin again at 0. On a terminal it says how many "
                   "there are, and asks.",
               .examples = {{"parlance queue redrive jobs --dry-run", "how many there are"},
                            {"parlance queue redrive jobs --yes", "all of them, without a question"}},
               .statuses = {{"0", "sent back (with --dry-run: counted)"},
                            {"1", "failed, or the answer was no"},
                            {"3", "none of these IDs is a dead letter"}}});
    line.does([asked, &line] { return line.run(queue_redrive(asked, line)); });
}

} // namespace parlance::cli
