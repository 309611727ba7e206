#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"

#include <parlance/duration.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parlance::cli {
namespace {

constexpr milliseconds shown_every{200};

struct wait_request {
    std::string queue;
    text_option timeout;
    bool due_only = false;
};

/// On a terminal one line that shows what is left, again and again, until `over`.
asio::awaitable<void> show_progress(queue watched, std::shared_ptr<bool> over, command_line& line) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!*over) {
        auto info = co_await as_result(watched.info());
        if (*over || !info) co_return;
        auto const& now = info.value();
        line.err().write("\r\x1b[K" + watched.name() + ": " + std::to_string(now.msgs - now.hiddenmsgs) + " waiting, " +
                         std::to_string(now.leased) + " in work, " +
                         std::to_string(now.hiddenmsgs - std::min(now.leased, now.hiddenmsgs)) + " delayed");
        line.err().flush();
        timer.expires_after(shown_every);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

/// Wipes the progress line away, however the wait ends.
struct progress {
    command_line& line;
    std::shared_ptr<bool> over = std::make_shared<bool>(false);
    bool shown = line.err().is_terminal() && !line.json();
    ~progress() {
        *over = true;
        if (shown) line.err().write("\r\x1b[K");
    }
};

asio::awaitable<int> queue_wait(std::shared_ptr<wait_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    auto const timeout = queue_duration("timeout", asked->timeout);
    auto const watched = named_queue(line, asked->queue);
    if ((co_await watched.info()).paused) line.warn("queue " + asked->queue + " is paused: nobody receives from it");
    {
        progress const seen{line};
        if (seen.shown)
            asio::co_spawn(co_await asio::this_coro::executor, show_progress(watched, seen.over, line), asio::detached);
        // a timeout of 0 is a look: the library's 0 waits for ever
        auto const patience = timeout ? std::max(*timeout, milliseconds(1)) : milliseconds(0);
        co_await watched.wait_until_empty(patience, asked->due_only);
    }
    line.out().line(line.json() ? json_line().text("name", asked->queue).yes_no("empty", true).str()
                                : asked->queue + " is empty");
    co_return status::done;
}

} // namespace

void add_queue_wait(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<wait_request>();
    add_name(app, asked->queue);
    app.add_option("--timeout", asked->timeout, "Give up after so long (default: never)")->type_name("D");
    app.add_flag("--due-only", asked->due_only, "Delayed messages, and those that back off, do not count");
    line.takes_store(app);
    line.page({.usage = "NAME [options]",
               .more = "Ends when nothing is left waiting or in work. With --json it prints {\"name\",\"empty\":true}.",
               .examples = {{"parlance queue wait jobs", "until all is done"},
                            {"parlance queue wait jobs --timeout 10m || echo late", "at most ten minutes"}},
               .statuses = {
                   {"0", "it is empty"}, {"1", "failed: queueNotFound, ..."}, {"124", "the timeout was over first"}}});
    line.does([asked, &line] { return line.run_until_signal(queue_wait(asked, line)); });
}

} // namespace parlance::cli
