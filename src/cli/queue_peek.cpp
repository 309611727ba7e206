#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/printable.hpp"
#include "cli/queue_words.hpp"
#include "cli/table.hpp"

#include <parlance/duration.hpp>

namespace parlance::cli {
namespace {

constexpr std::uint64_t most_looked_at = 1'000'000;
constexpr std::size_t message_width = 60; // places of a table

struct peek_request {
    std::string queue;
    std::string count = "10";
    bool text = false;
};

std::string due_in(waiting_message const& each) {
    if (!each.due) return "now";
    auto const now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    return "in " + format_duration(std::max(*each.due - now, milliseconds(0)));
}

/// For a terminal: the beginning of each message, on one line.
std::string as_table(std::vector<waiting_message> const& seen, output& out) {
    table shown{.headings = {}, .right = {false, true, true, false}};
    for (auto const* heading : {"ID", "RECEIVED", "DUE", "MESSAGE"})
        shown.headings.push_back(out.painted(paint::bold, heading));
    for (auto const& each : seen)
        shown.rows.push_back({each.id.text(), std::to_string(each.rc), due_in(each),
                              beginning(printable(on_one_line(each.text)), message_width)});
    return shown.str();
}

void show(std::vector<waiting_message> const& seen, peek_request const& asked, command_line& line) {
    auto& out = line.out();
    if (line.json())
        for (auto const& each : seen) out.line(waiting_json(each, asked.text));
    else if (seen.empty() && line.err().is_terminal())
        line.err().line(asked.queue + " is empty");
    else if (out.is_terminal() && !seen.empty())
        out.write(as_table(seen, out));
    else
        for (auto const& each : seen) print_message(out, each.text);
}

asio::awaitable<int> queue_peek(std::shared_ptr<peek_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    auto const count = queue_number("count", asked->count, 1, most_looked_at);
    auto const seen = co_await named_queue(line, asked->queue).peek(count);
    show(seen, *asked, line);
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
         .more =
             "Visible messages first, in the order in which they would be received, then hidden ones. Nothing "
             "changes: no lease, no count. On a terminal a table; elsewhere the messages alone, each with a newline "
             "behind it; with --json id, message, rc, fr, sent, headers and group.",
         .examples = {{"parlance queue peek jobs", "the next ten"},
                      {"parlance queue peek jobs --count 1000 --json | jq .message", "the messages of a thousand"}},
         .statuses = {{"0", "shown"}, {"1", "failed: queueNotFound, ..."}, {"3", "the queue is empty"}}});
    line.does([asked, &line] { return line.run(queue_peek(asked, line)); });
}

} // namespace parlance::cli
