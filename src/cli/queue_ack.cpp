#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

struct ack_request {
    std::string queue, id, receipt;
};

asio::awaitable<int> queue_ack(std::shared_ptr<ack_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    line.about("id", asked->id);
    message_id const id(asked->id);
    auto const ok = co_await named_queue(line, asked->queue).ack(id, asked->receipt);
    co_return answer_for(line, asked->id, ok, "acked");
}

} // namespace

void add_queue_ack(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<ack_request>();
    add_name(app, asked->queue);
    app.add_option("ID", asked->id, "The message")->required();
    app.add_option("--receipt", asked->receipt, "Only while this receipt is the owner's")->type_name("R");
    line.takes_store(app);
    line.page({.usage = "NAME ID [options]",
               .more =
                   "Without a receipt whoever holds the message is not asked (rsmq's deleteMessage). With the receipt "
                   "that `queue receive` gave, an ack that comes after the lease was lost is refused.",
               .examples = {{"parlance queue ack jobs ID --receipt RECEIPT", "done; refused if another has it by now"},
                            {"parlance queue ack jobs ID", "removes it whoever has it"}},
               .statuses = {{"0", "the message is gone"},
                            {"1", "failed: leaseLost, queueNotFound, invalidFormat (the id), ..."},
                            {"3", "it was not there any more"}}});
    line.does([asked, &line] { return line.run(queue_ack(asked, line)); });
}

} // namespace parlance::cli
