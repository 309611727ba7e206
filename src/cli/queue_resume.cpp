#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

asio::awaitable<int> queue_resume(std::shared_ptr<std::string> name, command_line& line) {
    co_await named_queue(line, *name).pause(false);
    line.out().line(line.json() ? json_line().text("name", *name).yes_no("paused", false).str()
                                : "queue " + *name + " is resumed");
    co_return status::done;
}

} // namespace

void add_queue_resume(CLI::App& app, command_line& line) {
    auto name = std::make_shared<std::string>();
    add_name(app, *name);
    line.takes_store(app);
    line.page({.usage = "NAME [options]",
               .more = "Whoever waits for a message gets one at once.",
               .examples = {{"parlance queue resume jobs", "hands out messages again"},
                            {"parlance queue resume jobs --json", "{\"name\":\"jobs\",\"paused\":false}"}},
               .statuses = {{"0", "resumed"}, {"1", "failed: queueNotFound, ..."}}});
    line.does([name, &line] { return line.run(queue_resume(name, line)); });
}

} // namespace parlance::cli
