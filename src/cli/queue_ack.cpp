#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

asio::awaitable<int> queue_ack(std::shared_ptr<claim_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    line.about("id", asked->id);
    message_id const id(asked->id);
    auto const receipt = receipt_of(*asked);
    auto const ok = co_await named_queue(line, asked->queue).ack(id, receipt);
    co_return answer_for(line, asked->id, ok, "acked");
}

} // namespace

void add_queue_ack(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<claim_request>();
    add_claim(app, *asked);
    line.takes_store(app);
    line.page(
        {.usage = "NAME ID [options]",
         .more = "Without a receipt whoever holds the message is not asked (rsmq's deleteMessage). With the receipt "
                 "that `queue receive` printed, an ack is refused (leaseLost) once the message went to another, or "
                 "waits again because somebody saw that its lease was over. Until then a lease that ran out is still "
                 "good.",
         .examples = {{"parlance queue ack jobs ID --receipt RECEIPT", "done; refused if another has it by now"},
                      {"parlance queue ack jobs ID", "removes it whoever has it"}},
         .statuses = {{"0", "the message is gone"},
                      {"1",
                       "failed: leaseLost, queueNotFound, invalidFormat (the id or the receipt), invalidValue (the "
                       "receipt of another message), ..."},
                      {"3", "it was not there any more"}}});
    line.does([asked, &line] { return line.run(queue_ack(asked, line)); });
}

} // namespace parlance::cli
