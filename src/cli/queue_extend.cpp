#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

namespace parlance::cli {
namespace {

struct extend_request : claim_request {
    std::string vt;
};

asio::awaitable<int> queue_extend(std::shared_ptr<extend_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    line.about("id", asked->id);
    message_id const id(asked->id);
    auto const receipt = receipt_of(*asked);
    auto const vt = queue_seconds("vt", asked->vt, false);
    auto const ok = co_await named_queue(line, asked->queue).extend(id, vt, receipt);
    co_return answer_for(line, asked->id, ok, "extended");
}

} // namespace

void add_queue_extend(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<extend_request>();
    add_claim(app, *asked);
    app.add_option("--vt", asked->vt, "The lease ends so long from now")->type_name("D")->required();
    line.takes_store(app);
    line.page(
        {.usage = "NAME ID --vt D [options]",
         .more = "rsmq's changeMessageVisibility: without a receipt it works on any message, held or not; --vt 0 makes "
                 "it due now.",
         .examples = {{"parlance queue extend jobs ID --vt 5m --receipt RECEIPT", "five minutes more, from now"},
                      {"parlance queue extend jobs ID --vt 0", "to be delivered at once"}},
         .statuses = {{"0", "extended"},
                      {"1", "failed: leaseLost, queueNotFound, invalidValue, ..."},
                      {"3", "it was not there any more"}}});
    line.does([asked, &line] { return line.run(queue_extend(asked, line)); });
}

} // namespace parlance::cli
