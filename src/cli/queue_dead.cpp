#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/printable.hpp"
#include "cli/queue_words.hpp"

#include <parlance/duration.hpp>

namespace parlance::cli {
namespace {

struct dead_request {
    std::string queue;
    bool text = false;
};

std::string letter_json(dead_message const& letter, bool as_text) {
    json_line line;
    line.text("id", letter.id.text()).json("message", message_json(letter.text, as_text)).text("reason", letter.reason);
    line.number("attempts", std::uint64_t{letter.attempts}).number("crashes", std::uint64_t{letter.crashes});
    line.number("first_failure", letter.first_failure.time_since_epoch().count());
    line.number("last_failure", letter.last_failure.time_since_epoch().count());
    line.text("stderr", letter.err_tail);
    return line.str();
}

void show(dead_message const& letter, output& out) {
    auto const now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
    auto head = out.painted(paint::bold, letter.id.text()) + "  " + counted(letter.attempts, "attempt");
    if (letter.crashes > 0)
        head += ", " + std::to_string(letter.crashes) + " of them " + (letter.crashes == 1 ? "a crash" : "crashes");
    out.line(head + ", last " + format_duration(std::max(now - letter.last_failure, milliseconds(0))) + " ago");
    auto const shown = [&](std::string const& text) { return out.is_terminal() ? printable(text) : text; };
    out.line("  " + out.painted(paint::red, shown(letter.reason)));
    out.line("  " + shown(letter.text));
    auto const err_tail = shown(letter.err_tail);
    std::string_view tail = err_tail;
    while (!tail.empty()) {
        auto const end = std::min(tail.find('\n'), tail.size());
        out.line(out.painted(paint::dim, "  | " + std::string(tail.substr(0, end))));
        tail.remove_prefix(std::min(end + 1, tail.size()));
    }
}

asio::awaitable<int> queue_dead(std::shared_ptr<dead_request> asked, command_line& line) {
    auto const letters = co_await named_queue(line, asked->queue).dead();
    for (auto const& each : letters)
        line.json() ? line.out().line(letter_json(each, asked->text)) : show(each, line.out());
    if (!line.json() && line.err().is_terminal())
        line.err().line(letters.empty() ? asked->queue + " has no dead letters"
                                        : "`parlance queue redrive " + asked->queue + "` sends them back");
    co_return letters.empty() ? status::nothing : status::done;
}

} // namespace

void add_queue_dead(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<dead_request>();
    add_name(app, asked->queue);
    app.add_flag("--text", asked->text, "The messages as texts, whatever they are");
    line.takes_store(app);
    line.page(
        {.usage = "NAME [options]",
         .more = "NAME is the queue they came from. Oldest first, with the reason, how often it was tried, how many of "
                 "these attempts were crashes, and the end of the worker's standard error. With --json first_failure "
                 "and last_failure are ms since 1970.",
         .examples = {{"parlance queue dead jobs", "what died, and of what"},
                      {"parlance queue dead jobs --json | jq -r .reason | sort | uniq -c", "the reasons, counted"}},
         .statuses = {{"0", "shown"}, {"1", "failed: queueNotFound, ..."}, {"3", "there are none"}}});
    line.does([asked, &line] { return line.run(queue_dead(asked, line)); });
}

} // namespace parlance::cli
