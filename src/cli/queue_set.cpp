#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

asio::awaitable<int> queue_set(std::shared_ptr<policy_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    auto const options = policy_of(*asked);
    auto const info = co_await named_queue(line, asked->queue).set(options);
    show_info(info, line);
    co_return status::done;
}

} // namespace

void add_queue_set(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<policy_request>();
    add_name(app, asked->queue);
    add_policy(app, line, *asked);
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more = "Only what is given changes; messages that are in the queue keep what they have.",
         .examples = {{"parlance queue set jobs --vt 5m", "from now on a receive holds a message for five minutes"},
                      {"parlance queue set jobs --max-size unlimited", "takes messages of any length"}},
         .statuses = {{"0", "changed, and shown"}, {"1", "failed: queueNotFound, noAttributeSupplied, ..."}}});
    line.does([asked, &line] { return line.run(queue_set(asked, line)); });
}

} // namespace parlance::cli
