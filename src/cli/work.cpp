#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/queue_words.hpp"
#include "cli/signals.hpp"
#include "cli/work_screen.hpp"

#include <parlance/work.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/prctl.h>

#include <charconv>
#include <csignal>
#include <cstdio>

namespace parlance::cli {
namespace {

constexpr milliseconds progress_every{200};
constexpr milliseconds patience_with_the_reader{200};

struct work_request {
    std::string queue, mode = "exec", procs, prefetch = "1", grace = "10s";
    text_option max_receives, timeout;
    bool until_empty = false, due_only = false, text = false;
};

unsigned count_value(std::string_view option, std::string const& text, unsigned most) {
    unsigned count = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, fault] = std::from_chars(text.data(), end, count);
    if (fault != std::errc{} || rest != end || count == 0 || count > most)
        throw usage_problem(std::string(option) + " must be between 1 and " + std::to_string(most) + ", not `" + text +
                            "`");
    return count;
}

work_mode mode_value(std::string const& name) {
    if (name == "exec") return work_mode::exec;
    if (name == "lines") return work_mode::lines;
    if (name == "ipc") return work_mode::ipc;
    throw usage_problem("--mode is exec, lines or ipc, not '" + name + "'");
}

work_options options_of(work_request const& asked) {
    work_options options{.mode = mode_value(asked.mode),
                         .prefetch = count_value("--prefetch", asked.prefetch, 10'000),
                         .until_empty = asked.until_empty,
                         .due_only = asked.due_only,
                         .text = asked.text,
                         .grace = duration_value("--grace", asked.grace),
                         .adopt_orphans = true};
    if (!asked.procs.empty()) options.procs = count_value("--procs", asked.procs, 10'000);
    if (asked.timeout) options.timeout = duration_value("--timeout", *asked.timeout);
    if (asked.max_receives)
        options.max_receives =
            static_cast<std::uint32_t>(queue_number("max-receives", *asked.max_receives, 1, 1'000'000'000));
    if (options.prefetch > 1 && options.mode == work_mode::exec)
        throw usage_problem("--prefetch needs --mode lines or ipc", "an exec worker gets one message and ends");
    return options;
}

/// What came of the signals that were to end us.
struct signals_heard {
    int first = 0;
    bool twice = false;
};

/// The first signal ends the work in good order, the second at once.
asio::awaitable<void> obey_signals(std::shared_ptr<signal_watch> signals, std::shared_ptr<workers> crew,
                                   std::shared_ptr<signals_heard> heard, std::shared_ptr<work_screen> screen) {
    heard->first = (co_await signals->next()).number;
    crew->stop();
    try {
        screen->note("finishing what is in hand; once more ends it at once");
    } catch (...) { // nobody can read it: the work ends all the same
    }
    co_await signals->next();
    heard->twice = true;
    crew->stop_now();
}

asio::awaitable<void> show_progress(queue jobs, std::shared_ptr<workers> crew, std::shared_ptr<work_screen> screen) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        timer.expires_after(progress_every);
        co_await timer.async_wait(asio::use_awaitable);
        if (auto info = co_await as_result(jobs.info()); info) screen->progress(crew->so_far(), info->msgs);
    }
}

std::string summary_json(work_summary const& sums) {
    json_line line;
    line.number("done", sums.done)
        .number("failed", sums.failed)
        .number("retried", sums.retried)
        .number("dead", sums.dead);
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.1f", sums.rate());
    line.json("rate", rate);
    return line.str();
}

int status_of(work_summary const& sums, work_request const& asked, int signal) {
    if (signal != 0) return sums.interrupted ? status::by_signal + signal : status::done;
    return asked.until_empty && sums.dead != 0 ? status::failed : status::done;
}

/// However the work ended, nothing is held by us now. Whoever reads nothing more keeps us only until the next signal.
void finish(work_screen& screen, signal_watch& signals, signals_heard const& heard) {
    if (screen.finish_within(patience_with_the_reader)) return;
    signals.let_go();
    if (heard.twice) ::raise(heard.first);
    screen.finish();
}

/// Does that where the work ended with an error, which is told after it.
struct screen_to_finish {
    work_screen& screen;
    signal_watch& signals;
    signals_heard const& heard;
    ~screen_to_finish() {
        try {
            finish(screen, signals, heard);
        } catch (...) { // what ended the work is the one to tell
        }
    }
};

asio::awaitable<int> work(std::shared_ptr<work_request> asked, command_line& line) {
    line.about("queue", asked->queue);
    auto const options = options_of(*asked);
    auto const jobs = named_queue(line, asked->queue);
    auto const loop = co_await asio::this_coro::executor;
    auto const signals = std::make_shared<signal_watch>();
    auto const screen =
        std::make_shared<work_screen>(line.err(), asked->queue, line.err().is_terminal() && !line.json(), loop);
    auto const heard = std::make_shared<signals_heard>();
    screen_to_finish const said{*screen, *signals, *heard};
    work_hooks hooks;
    hooks.output = [screen](std::string_view worker, std::string_view text) { screen->worker_line(worker, text); };
    hooks.note = [screen](std::string_view sentence) { screen->note(sentence); };
    auto const crew = std::make_shared<workers>(jobs, line.program(), options, std::move(hooks));
    screen->when_much_waits([known = std::weak_ptr(crew)](bool much) {
        if (auto const still = known.lock()) still->hold_output(much);
    });

    ::prctl(PR_SET_CHILD_SUBREAPER, 1); // what a worker leaves behind comes to us, wherever it went
    asio::co_spawn(loop, obey_signals(signals, crew, heard, screen), asio::detached);
    if (screen->shows_progress()) asio::co_spawn(loop, show_progress(jobs, crew, screen), asio::detached);
    if (auto before = co_await as_result(jobs.info()); before && before->paused)
        screen->note("the queue is paused: nothing is taken from it until `parlance queue resume " + asked->queue +
                     "`");
    auto const sums = co_await crew->run();
    finish(*screen, *signals, *heard);
    if (line.out().stands_still()) signals->let_go();
    line.out().line(line.json() ? summary_json(sums) : summary_text(sums));
    co_return status_of(sums, *asked, heard->first);
}

} // namespace

void add_work(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<work_request>();
    app.add_option("QUEUE", asked->queue, "The queue; made if it is not there")->required()->type_name("QUEUE");
    app.add_option("--procs", asked->procs, "Workers at once (default: one for each core)")->type_name("N");
    app.add_option("--mode", asked->mode,
                   "exec: a process for each message; lines: long-lived workers that speak JSON "
                   "lines; ipc: the same over Node's IPC channel (default: exec)")
        ->type_name("exec|lines|ipc");
    app.add_option("--max-receives", asked->max_receives,
                   "Attempts before a message is dead (default: the queue's, else 5)")
        ->type_name("N");
    app.add_option("--timeout", asked->timeout, "Kill a worker that takes longer for one message (default: never)")
        ->type_name("D");
    app.add_flag("--until-empty", asked->until_empty, "End when nothing is waiting or in work");
    app.add_flag("--due-only", asked->due_only,
                 "For --until-empty: delayed messages, and those that back off, do not count");
    app.add_option("--grace", asked->grace, "After SIGINT or SIGTERM, for what is in hand (default: 10s)")
        ->type_name("D");
    app.add_option("--prefetch", asked->prefetch, "Messages that one lines or ipc worker may hold (default: 1)")
        ->type_name("N");
    app.add_flag("--text", asked->text, "Messages are texts, whatever they look like");
    line.takes_store(app);
    line.makes_store();
    line.takes_program();
    line.later({"--results", "--web"});
    line.page(
        {.usage = "QUEUE [options] -- COMMAND [ARG...]",
         .more =
             "exec: the message is on standard input, and in place of {} in the arguments; PARLANCE_QUEUE, PARLANCE_ID "
             "and PARLANCE_ATTEMPT are in the environment. Exit 0 is done, 75 is later (no attempt), 100 is never "
             "again, anything else is a failure that is tried again.\n"
             "lines: one line {\"id\",\"queue\",\"attempt\",\"message\"} in, one line {\"id\",\"ok\":true} or "
             "{\"id\",\"ok\":false,\"error\":\"...\"} out.\n"
             "ipc: the same objects with process.on('message') and process.send; a .js, .mjs or .cjs is run by node.\n"
             "A message is leased as long as its worker lives; when the worker dies it goes to the next. Worker output "
             "is on standard error with the worker's name in front.",
         .examples = {{"ls *.png | parlance queue send jobs --lines --text; parlance work jobs --text --until-empty -- "
                       "convert {} {}.jpg",
                       "a process for each file"},
                      {"parlance work jobs --mode lines --procs 8 -- node worker.js", "eight long-lived workers"},
                      {"parlance work jobs --mode ipc -- worker.js", "process.on('message', job => ...)"}},
         .statuses = {{"0", "done, or ended by a signal with all in hand finished"},
                      {"1", "a message went dead in an --until-empty run; failed: startFailed, storeUnavailable, ..."},
                      {"128+N", "ended by signal N before all in hand was finished"}}});
    line.does([asked, &line] { return line.run(work(asked, line)); });
}

} // namespace parlance::cli
