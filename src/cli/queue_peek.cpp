#include "cli/commands.hpp"
#include "cli/queue_words.hpp"

#include <parlance/duration.hpp>

namespace parlance::cli {
namespace {

constexpr std::uint64_t most_looked_at = 1'000'000;

struct peek_request {
    std::string queue;
    std::string count = "10";
    bool text = false;
};

void show(waiting_message const& each, command_line& line) {
    auto& err = line.err();
    auto about = "id " + each.id.text() + "  received " + std::to_string(each.rc) + (each.rc == 1 ? " time" : " times");
    if (each.due) {
        auto const now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
        about += "  due in " + format_duration(std::max(*each.due - now, milliseconds(0)));
    }
    err.line(err.painted(paint::dim, about));
    err.flush();
    print_message(line.out(), each.text);
    line.out().flush();
}

asio::awaitable<int> queue_peek(std::shared_ptr<peek_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    auto const count = queue_number("count", asked->count, 1, most_looked_at);
    auto const seen = co_await named_queue(line, asked->queue).peek(count);
    for (auto const& each : seen) line.json() ? line.out().line(waiting_json(each, asked->text)) : show(each, line);
    if (seen.empty() && !line.json() && line.err().is_terminal()) line.err().line(asked->queue + " is empty");
    co_return seen.empty() ? status::nothing : status::done;
}

} // namespace

void add_queue_peek(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<peek_request>();
    add_name(app, asked->queue);
    app.add_option("--count", asked->count, "At most so many (default: 10)")->type_name("N");
    app.add_flag("--text", asked->text, "The messages as texts, whatever they are");
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more = "Visible messages first, in the order in which they would be received, then hidden ones. Nothing "
                 "changes: no lease, no count.",
         .examples = {{"parlance queue peek jobs", "the next ten"},
                      {"parlance queue peek jobs --count 1000 --json | jq .message", "the messages of a thousand"}},
         .statuses = {{"0", "shown"}, {"1", "failed: queueNotFound, ..."}, {"3", "the queue is empty"}}});
    line.does([asked, &line] { return line.run(queue_peek(asked, line)); });
}

} // namespace parlance::cli
