#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

struct nack_request : claim_request {
    text_option delay;
};

asio::awaitable<int> queue_nack(std::shared_ptr<nack_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    line.about("id", asked->id);
    message_id const id(asked->id);
    auto const receipt = receipt_of(*asked);
    nack_options options;
    options.delay = queue_seconds_if("delay", asked->delay, false);
    auto const ok = co_await named_queue(line, asked->queue).nack(id, receipt, options);
    co_return answer_for(line, asked->id, ok, "given back");
}

} // namespace

void add_queue_nack(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<nack_request>();
    add_claim(app, *asked);
    app.add_option("--delay", asked->delay, "Deliver it again after so long (default: the queue's back-off)")
        ->type_name("D");
    line.takes_store(app);
    line.page(
        {.usage = "NAME ID [options]",
         .more = "The message is delivered again after the delay. Where that was the last receive of the queue's "
                 "--max-receives, it becomes a dead letter instead.",
         .examples = {{"parlance queue nack jobs ID --receipt RECEIPT", "failed: again after the queue's back-off"},
                      {"parlance queue nack jobs ID --delay 250ms", "again in a quarter of a second"}},
         .statuses = {{"0", "given back"},
                      {"1", "failed: leaseLost, queueNotFound, invalidValue, ..."},
                      {"3", "it was not there any more"}}});
    line.does([asked, &line] { return line.run(queue_nack(asked, line)); });
}

} // namespace parlance::cli
