#include "cli/commands.hpp"
#include "cli/queue_words.hpp"
#include "cli/table.hpp"

#include <parlance/duration.hpp>

#include <algorithm>

namespace parlance::cli {
namespace {

std::string as_table(std::vector<queue_info> const& queues, output& out) {
    table shown{.headings = {}, .right = {false, true, true, true, true, true, false}};
    for (auto const* heading : {"QUEUE", "WAITING", "IN WORK", "DELAYED", "DIED", "OLDEST", ""})
        shown.headings.push_back(out.painted(paint::bold, heading));
    for (auto const& each : queues)
        shown.rows.push_back({each.name, std::to_string(each.msgs - each.hiddenmsgs), std::to_string(each.leased),
                              std::to_string(each.hiddenmsgs - std::min(each.leased, each.hiddenmsgs)),
                              std::to_string(each.dead), each.oldest_age ? format_duration(*each.oldest_age) : "-",
                              each.paused ? out.painted(paint::yellow, "paused") : ""});
    return shown.str();
}

asio::awaitable<int> queue_list(command_line& line) {
    if (!line.store_is_there()) {
        line.err().line("No queues in " + line.store_url() +
                        ", where no store is yet; `parlance queue create NAME` makes one.");
        co_return status::done;
    }
    auto const store = line.store();
    auto names = co_await store.list();
    std::sort(names.begin(), names.end());
    std::vector<queue_info> queues;
    for (auto const& name : names) {
        auto info = co_await as_result(store.queue(name).info());
        if (info) queues.push_back(std::move(*info)); // else it was deleted since
    }
    if (line.json())
        for (auto const& each : queues) line.out().line(info_json(each, line.store().durability()));
    else if (queues.empty() && line.err().is_terminal())
        line.err().line("No queues in " + line.store_url() + "; `parlance queue create NAME` makes one.");
    else if (!line.out().is_terminal())
        for (auto const& each : queues) line.out().line(each.name);
    else
        line.out().write(as_table(queues, line.out()));
    co_return status::done;
}

} // namespace

void add_queue_list(CLI::App& app, command_line& line) {
    line.takes_store(app);
    line.page(
        {.usage = "[options]",
         .more = "On a terminal a table; elsewhere the names, one on a line; with --json all that `queue info` tells.",
         .examples = {{"parlance queue list", "all queues of the store"},
                      {"parlance queue list --json | jq 'select(.msgs > 0) | .name'", "those that hold messages"}},
         .statuses = {{"0", "listed, and be it none"}}});
    line.does([&line] { return line.run(queue_list(line)); });
}

} // namespace parlance::cli
