#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

asio::awaitable<int> queue_create(std::shared_ptr<policy_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    auto const options = policy_of(*asked);
    auto const made = named_queue(line, asked->queue);
    co_await made.create(options);
    auto const info = co_await made.info();
    if (line.json())
        line.out().line(info_json(info, line.store().durability()));
    else
        line.out().line("queue " + info.name + " made in " + line.store_url());
    co_return status::done;
}

} // namespace

void add_queue_create(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<policy_request>();
    app.add_option("NAME", asked->queue, "The new queue")->required();
    add_policy(app, line, *asked);
    line.takes_store(app);
    line.makes_store();
    line.page(
        {.usage = "NAME [options]",
         .more = "A name is 1 to 160 of A-Z a-z 0-9 _ -. The store is made where it is not there.",
         .examples = {{"parlance queue create jobs", "a queue with the defaults"},
                      {"parlance queue create jobs --vt 60s --max-receives 3 --backoff 1s..1m",
                       "each receive holds a message for a minute; after three failures it is dead"}},
         .statuses = {{"0", "the queue is made"}, {"1", "failed: queueExists, invalidFormat, invalidValue, ..."}}});
    line.does([asked, &line] { return line.run(queue_create(asked, line)); });
}

} // namespace parlance::cli
