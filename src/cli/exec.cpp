#include "cli/child_options.hpp"
#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "process/spawn.hpp"

#include <parlance/sink.hpp>
#include <parlance/size.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <unistd.h>

namespace parlance::cli {
namespace {

constexpr std::uint64_t default_max_buffer = 1 << 20; // Node's
constexpr milliseconds drain{500};
constexpr milliseconds grace_over_buffer{5000};

struct exec_request {
    std::string command, max_buffer;
    std::string shell = "/bin/sh";
    child_request child;
};

/// Outputs that are passed on at once, each up to the limit, and who waits for their ends.
struct passing {
    explicit passing(asio::any_io_executor const& loop) : ended(loop) {}
    int open = 2;
    bool too_much = false;
    asio::steady_timer ended;
};

asio::awaitable<void> pass_output(stream from, sink to, passing& all, child& running) {
    auto const passed = co_await as_result(copy(from, std::move(to)));
    if (!passed) {
        all.too_much |= passed.error().code() == errc::max_buffer;
        running.kill(signal::term);
        asio::co_spawn(co_await asio::this_coro::executor, kill_after(running, grace_over_buffer), asio::detached);
    }
    if (--all.open == 0) all.ended.cancel();
}

/// The outputs are read on for a moment after the exit: what the child wrote may still be in the pipe, and a
/// grandchild may hold it open for ever.
asio::awaitable<void> until_ended(passing& all) {
    if (all.open == 0) co_return;
    all.ended.expires_after(drain);
    boost::system::error_code over;
    co_await all.ended.async_wait(asio::redirect_error(asio::use_awaitable, over));
}

/// "1.234"; a double of JSON would be "1.234E0".
std::string in_ms(std::chrono::microseconds time) {
    auto const digits = std::to_string(1000 + time.count() % 1000);
    return std::to_string(time.count() / 1000) + '.' + digits.substr(1);
}

void print_result(process_end const& end, command_line& line) {
    json_line result;
    if (end.code)
        result.number("code", std::int64_t{*end.code});
    else
        result.null("code");
    if (end.signal)
        result.text("signal", name_of(*end.signal));
    else
        result.null("signal");
    result.text("stdout", end.out).text("stderr", end.err).number("duration_ms", end.duration.count());
    json_line used;
    used.json("user_ms", in_ms(end.used.user_time)).json("system_ms", in_ms(end.used.system_time));
    result.json("rusage", used.number("peak_memory_bytes", end.used.peak_memory_bytes).str());
    if (!end.output_complete) result.yes_no("output_complete", false);
    line.out().line(result.str());
}

problem too_much_output(exec_request const& asked, std::uint64_t limit) {
    problem told;
    told.code = "maxBuffer";
    told.message = "printed more than " + format_size(limit);
    told.input = asked.command;
    told.facts = {{"limit", limit}};
    told.hint = "--max-buffer allows more";
    return told;
}

/// Lets it run, with what it prints passed on or collected, to its end.
asio::awaitable<process_end> run_to_its_end(child& running, bool passes, std::uint64_t limit, command_line& line) {
    if (line.json()) co_return co_await running.collect();
    if (!passes) co_return co_await running.wait();
    auto const loop = co_await asio::this_coro::executor;
    passing all(loop);
    auto out = std::move(running.out()), err = std::move(running.err()); // taken before anything is awaited
    asio::co_spawn(loop, pass_output(std::move(out), sink::standard_output().at_most(limit), all, running),
                   asio::detached);
    asio::co_spawn(loop, pass_output(std::move(err), sink::standard_error().at_most(limit), all, running),
                   asio::detached);
    auto end = co_await running.wait();
    co_await until_ended(all);
    if (all.too_much) end.reason = end_reason::max_buffer;
    co_return end;
}

asio::awaitable<int> exec(std::shared_ptr<exec_request> asked, command_line& line) {
    auto const passes = !asked->max_buffer.empty() && !line.json();
    auto const limit = asked->max_buffer.empty() ? default_max_buffer : size_value("--max-buffer", asked->max_buffer);
    auto const grace = grace_of(asked->child);
    // A group of its own could not read from our terminal; there the terminal's keys reach it as they reach us.
    auto const shares_terminal = ::isatty(STDIN_FILENO) == 1;
    auto options = options_of(asked->child);
    options.in = stdio::inherit();
    options.out = options.err = line.json() || passes ? stdio::pipe() : stdio::inherit();
    options.max_buffer_bytes = limit;
    options.own_group = !shares_terminal;
    auto const told_to_end = std::make_shared<bool>(false);

    signal_watch signals;
    auto const loop = co_await asio::this_coro::executor;
    auto running = spawn(asked->shell, shell_arguments(asked->command), options);
    asio::co_spawn(loop, pass_on(signals, running, grace, shares_terminal, told_to_end), asio::detached);
    auto const end = co_await run_to_its_end(running, passes, limit, line);
    sweep_after(running, end, *told_to_end);
    if (line.json()) print_result(end, line);
    if (end.reason == end_reason::max_buffer) throw too_much_output(*asked, limit);
    if (end.reason == end_reason::timed_out) throw timed_out_problem(end, asked->command, asked->child);
    tell_signal(end, line);
    co_return end.shell_status();
}

} // namespace

void add_exec(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<exec_request>();
    app.add_option("COMMAND", asked->command, "The command line, one argument: quote it")->required();
    app.add_option(
           "--max-buffer", asked->max_buffer,
           "Bytes of standard output, and of standard error, after which it is ended (default: 1MiB with --json, "
           "else no limit)")
        ->type_name("N");
    app.add_option("--shell", asked->shell, "The shell, called with -c (default: /bin/sh)")->type_name("PATH");
    add_child_options(app, asked->child);
    line.page(
        {.usage = "'COMMAND LINE' [options]",
         .more = "Its input and outputs are ours. With --json they are collected, and one object tells how it ended: "
                 "code (null when a signal ended it), signal, stdout, stderr, duration_ms, and in rusage what it and "
                 "its children used: user_ms, system_ms, peak_memory_bytes; output_complete is false where another "
                 "process still held its output. Bytes that are not UTF-8 show as U+FFFD. SIGINT, SIGTERM, SIGHUP and "
                 "SIGQUIT are "
                 "passed on to it at once; a second SIGINT or SIGTERM kills it. PARLANCE_LOG=debug in the environment "
                 "tells each command that is run, and how it ended, on standard error.",
         .examples =
             {{"parlance exec 'make -j4' --timeout 5m", "ends make and all it started after five minutes"},
              {"parlance exec 'ls | wc -l' --json",
               "{\"code\":0,\"signal\":null,\"stdout\":\"12\\n\",\"stderr\":\"\",\"duration_ms\":3,\"rusage\":...}"}},
         .statuses = {{"0", "that of the command line, whatever it is"},
                      {"1", "failed: maxBuffer, badDirectory, ..."},
                      {"124", "the timeout was over"},
                      {"126", "the shell may not be executed"},
                      {"127", "there is no such shell, or (said by the shell) no such program"},
                      {"128+N", "signal N ended it"}}});
    line.does([asked, &line] { return line.run(exec(asked, line)); });
}

} // namespace parlance::cli
