#include "cli/child_options.hpp"

#include "process/identity.hpp"

#include <parlance/duration.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdlib>

namespace parlance::cli {
namespace {

constexpr milliseconds usual_grace{10'000};
constexpr milliseconds worth_a_word{500};

/// None inside another parlance's worker: there the child is found by that one's token, which a new one would hide.
std::string new_token() { return std::getenv("PARLANCE_WORKER") ? std::string() : random_token(); }

} // namespace

void add_child_options(CLI::App& app, child_request& asked) {
    app.add_option("--timeout", asked.timeout, "End it, and all it started, after so long: exit 124 (default: never)")
        ->type_name("D");
    app.add_option("--cwd", asked.cwd, "The directory to start in (default: this one)")->type_name("DIR");
    app.add_option("--env", asked.env, "A variable of its environment, added to ours; may be repeated")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_option("--grace", asked.grace,
                   "How long it may take to end after a SIGINT or SIGTERM of ours (default: 10s), or after its timeout "
                   "(default: 5s); then it is killed")
        ->type_name("D");
}

void add_noise_option(CLI::App& app, std::string& name) {
    app.add_option(
           "--noise", name,
           "What becomes of output that is no message: stderr passes it on there, skip drops it, error ends the "
           "talk (default: stderr)")
        ->type_name("stderr|skip|error");
}

program_words::program_words(command_line const& line)
    : program(line.program().front()), arguments(line.program().begin() + 1, line.program().end()) {}

milliseconds grace_of(child_request const& asked) {
    return asked.grace.empty() ? usual_grace : duration_value("--grace", asked.grace);
}

spawn_options options_of(child_request& asked) {
    for (auto const& each : asked.env)
        if (each.find('=') == each.npos || each.starts_with('='))
            throw usage_problem("--env is NAME=VALUE, not `" + each + "`");
    spawn_options options;
    options.cwd = asked.cwd;
    options.env = asked.env;
    if (!asked.timeout.empty()) {
        options.timeout = duration_value("--timeout", asked.timeout);
        if (!asked.grace.empty()) options.stop.grace = grace_of(asked);
        if (options.timeout == milliseconds(0)) throw usage_problem("--timeout must be more than 0");
    }
    asked.token = new_token();
    options.token = asked.token;
    return options;
}

asio::awaitable<void> kill_after(child& running, milliseconds grace) {
    asio::steady_timer timer(co_await asio::this_coro::executor, grace);
    co_await timer.async_wait(asio::use_awaitable);
    running.kill(signal::kill);
}

void sweep_after(child& ended, process_end const& end, bool told_to_end) noexcept {
    if (told_to_end || end.reason == end_reason::timed_out) ended.kill(signal::kill);
}

asio::awaitable<void> pass_on(signal_watch& signals, child& running, milliseconds grace, bool shares_terminal,
                              std::shared_ptr<bool> told_to_end) {
    auto const loop = co_await asio::this_coro::executor;
    bool asked_to_end = false;
    while (true) {
        auto const got = co_await signals.next();
        auto const ends = got.number == SIGINT || got.number == SIGTERM;
        bool const has_it = shares_terminal && got.from_terminal;
        if (ends && asked_to_end)
            running.kill(signal::kill);
        else if (!has_it)
            running.kill(static_cast<signal>(got.number));
        *told_to_end |= ends && (asked_to_end || !has_it);
        if (ends && !asked_to_end && !has_it) asio::co_spawn(loop, kill_after(running, grace), asio::detached);
        asked_to_end |= ends;
    }
}

problem timed_out_problem(process_end const& end, std::string const& command, child_request const& asked) {
    auto const limit = duration_value("--timeout", asked.timeout);
    problem late;
    late.code = "timedOut";
    late.message = "timed out after " + format_duration(limit);
    if (end.duration > limit + worth_a_word) late.message += ", and ended after " + format_duration(end.duration);
    late.input = command;
    late.facts = {{"pid", end.pid}, {"duration_ms", end.duration.count()}};
    late.hint = "--timeout allows more";
    late.status = status::timed_out;
    return late;
}

void tell_signal(process_end const& end, command_line& line) {
    if (!end.signal || line.json()) return;
    auto const number = static_cast<int>(*end.signal);
    if (number == SIGINT || number == SIGTERM || number == SIGPIPE || number == SIGHUP) return;
    line.warn(end.sentence());
}

} // namespace parlance::cli
