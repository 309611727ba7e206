#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

asio::awaitable<int> look_at_queue(std::shared_ptr<std::string> name, command_line& line) {
    auto const info = co_await named_queue(line, *name).info();
    show_info(info, line);
    co_return status::done;
}

} // namespace

void add_queue_info(CLI::App& app, command_line& line) {
    auto name = std::make_shared<std::string>();
    add_name(app, *name);
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more = "With --json rsmq's attributes in rsmq's units (vt, delay, created and modified are seconds), then "
                 "the queue's policy.",
         .examples = {{"parlance queue info jobs", "options, counts, the age of the oldest message"},
                      {"parlance queue info jobs --json | jq .msgs", "how many messages there are, hidden ones too"}},
         .statuses = {{"0", "shown"}, {"1", "failed: queueNotFound, ..."}}});
    line.does([name, &line] { return line.run(look_at_queue(name, line)); });
}

} // namespace parlance::cli
