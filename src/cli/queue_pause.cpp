#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

asio::awaitable<int> queue_pause(std::shared_ptr<std::string> name, command_line& line) {
    co_await named_queue(line, *name).pause(true);
    line.out().line(line.json() ? json_line().text("name", *name).yes_no("paused", true).str()
                                : "queue " + *name + " is paused");
    co_return status::done;
}

} // namespace

void add_queue_pause(CLI::App& app, command_line& line) {
    auto name = std::make_shared<std::string>();
    add_name(app, *name);
    line.takes_store(app);
    line.page({.usage = "NAME [options]",
               .more = "Messages can be sent and acked; receive, pop and work find nothing until it is resumed. It "
                       "lasts, whatever ends.",
               .examples = {{"parlance queue pause jobs", "hands out nothing from now on"},
                            {"parlance queue pause jobs --json", "{\"name\":\"jobs\",\"paused\":true}"}},
               .statuses = {{"0", "paused"}, {"1", "failed: queueNotFound, ..."}}});
    line.does([name, &line] { return line.run(queue_pause(name, line)); });
}

} // namespace parlance::cli
