#include "cli/child_options.hpp"
#include "cli/commands.hpp"
#include "cli/listener.hpp"
#include "cli/parent_channel.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parlance::cli {
namespace {

/// What the coroutines share that carry the two ways.
struct attachment {
    attachment(std::unique_ptr<talk> up, std::unique_ptr<talk> down, std::string name, command_line& told,
               asio::any_io_executor const& loop)
        : parent(std::move(up)), program(std::move(down)), program_name(std::move(name)), line(told),
          from_program(*program, loop) {}

    std::unique_ptr<talk> parent, program;
    std::string program_name;
    command_line& line;
    listener from_program;
    std::size_t lost_up = 0, lost_down = 0; ///< messages that the other side did not take
};

/// Gives one message to the other side. False where it takes no more; what is wrong with this one alone is told.
asio::awaitable<bool> pass(attachment& state, talk& to, std::string json, std::string_view from) {
    try {
        co_await to.send(std::move(json));
        co_return true;
    } catch (failure const& fault) {
        if (is_fault_of_a_message(fault.code())) {
            auto told = explained(fault);
            told.input = from;
            state.line.tell(std::move(told));
            co_return true;
        }
    } catch (boost::system::system_error const&) { // it was closed under us
    }
    co_return false;
}

/// The next messages of one side; none at its end.
asio::awaitable<std::vector<std::string>> heard_from(attachment& state, talk& side, bool is_program) {
    for (;;) {
        auto asked = is_program ? state.from_program.next() : side.receive();
        auto got = co_await as_result(std::move(asked));
        if (got) co_return std::move(*got);
        state.line.tell(explained(got.error()));
        if (!side.goes_on_after(got.error())) co_return std::vector<std::string>();
    }
}

asio::awaitable<void> stop_after(child& running, milliseconds grace) {
    auto const loop = co_await asio::this_coro::executor;
    asio::steady_timer timer(loop, grace);
    co_await timer.async_wait(asio::use_awaitable);
    running.kill(signal::term);
    co_await kill_after(running, stop_plan{}.grace);
}

/// To the parent's end, which is the end of the program's input; then the program has `grace`.
asio::awaitable<void> carry_down(std::shared_ptr<attachment> state, child& running, milliseconds grace) {
    for (bool takes = true;;) {
        auto const came = co_await heard_from(*state, *state->parent, false);
        if (came.empty()) break;
        for (auto const& each : came) {
            if (takes) takes = co_await pass(*state, *state->program, each, parent_name);
            if (!takes) ++state->lost_down;
        }
    }
    asio::co_spawn(co_await asio::this_coro::executor, stop_after(running, grace), asio::detached);
    auto left = co_await as_result(state->program->close());
    if (left) state->lost_down += left.value();
}

asio::awaitable<void> carry_up(std::shared_ptr<attachment> state) {
    for (bool takes = true;;) {
        auto const came = co_await heard_from(*state, *state->program, true);
        if (came.empty()) break;
        for (auto const& each : came) {
            if (takes) takes = co_await pass(*state, *state->parent, each, state->program_name);
            if (!takes) ++state->lost_up;
        }
    }
    state->from_program.over();
}

void tell_lost(std::size_t count, std::string_view whose, std::string_view by, command_line& line) {
    if (count > 0)
        line.warn(std::string(by) + " took no more: " + counted(count, "message") + " " + std::string(whose) +
                  " had no reader");
}

/// To the program's end, which is a disconnect once the parent has all that it said.
asio::awaitable<int> carry(std::shared_ptr<attachment> state, child& running, signal_watch& signals,
                           child_request const& asked) {
    auto const loop = co_await asio::this_coro::executor;
    auto const told_to_end = std::make_shared<bool>(false);
    asio::co_spawn(loop, pass_on(signals, running, grace_of(asked), false, told_to_end), asio::detached);
    asio::co_spawn(loop, carry_down(state, running, grace_of(asked)), asio::detached);
    asio::co_spawn(loop, carry_up(state), asio::detached);
    auto const end = co_await running.wait();
    sweep_after(running, end, *told_to_end);
    if (*told_to_end) signals.forget(); // the one that ended the program often comes twice
    signals.let_go();                   // a parent that does not read holds us up until it does, or a signal ends us
    if (!co_await state->from_program.until_over())
        state->line.warn("a process that " + state->program_name + " left behind holds its output open");
    auto left = co_await as_result(state->parent->close());
    if (left) state->lost_up += left.value();
    tell_lost(state->lost_down, "for it", state->program_name, state->line);
    tell_lost(state->lost_up, "of the program", parent_name, state->line);
    if (state->parent->peer_left_unread())
        state->line.warn(std::string(parent_name) +
                         " ended before it read all that it was sent: some of the program's messages are lost");
    tell_signal(end, state->line);
    if (end.reason == end_reason::timed_out) throw timed_out_problem(end, state->program_name, asked);
    co_return end.shell_status();
}

asio::awaitable<int> attach(std::shared_ptr<child_request> asked, command_line& line) {
    static_cast<void>(grace_of(*asked)); // before anything is started
    program_words const words(line);
    auto options = options_of(*asked);
    options.err = stdio::inherit();
    auto found =
        joined_parent("in Node: fork('attach', ['--', 'bash', 'worker.sh'], {execPath: 'parlance', execArgv: []})");
    ipc_options const to_parent{.name = parent_name, .allow_half_open = true}; // it may still read what we answer
    auto up =
        talk_over(ipc_channel(std::move(found.socket), found.how, to_parent), parent_name, noise::to_stderr, line);

    signal_watch signals;
    auto running = spawn(words.program, words.arguments, options);
    auto const name = "stdout of `" + running.command() + "`";
    channel_options talk_options;
    talk_options.name = name;
    auto down = talk_over(running.messages(framing::lines, talk_options), running.command(), "", line);
    auto const loop = co_await asio::this_coro::executor;
    auto const state = std::make_shared<attachment>(std::move(up), std::move(down), running.command(), line, loop);
    co_return co_await carry(state, running, signals, *asked);
}

} // namespace

void add_attach(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<child_request>();
    add_child_options(app, *asked);
    line.takes_program();
    line.page(
        {.usage = "[options] -- PROGRAM [ARG...]",
         .more = "The other end of Node's fork(): makes any program a child that Node, or `parlance fork`, talks to "
                 "with send(). Each message of the parent is one line of JSON on the program's standard input; each "
                 "line of JSON that it prints is a message to the parent, in the parent's serialization (advanced: see "
                 "`parlance help fork`). What it prints that is no message goes to standard error. When the parent "
                 "disconnects its input ends, and after --grace it is ended; its end disconnects, and its exit status "
                 "is ours. A socket that the parent sends is acknowledged and closed, and that is told.\n"
                 "A parent that was started with options of Node's own (node --no-warnings) hands them down, in front "
                 "of our name's first word: they are dropped here. execArgv: [] hands down none.",
         .examples = {{"node -e \"const c = require('child_process').fork('attach', ['--', 'cat'], {execPath: "
                       "'parlance', execArgv: []}); c.send({n: 1}); c.once('message', m => { console.log(m); "
                       "c.disconnect() })\"",
                       "cat as a child of Node"},
                      {"parlance fork -- parlance attach -- jq -c --unbuffered .name", "the same with parlance alone"}},
         .statuses = {{"0", "that of the program, whatever it is"},
                      {"2", "wrong usage; nobody forked this process"},
                      {"124", "the timeout was over"},
                      {"126", "the program may not be executed"},
                      {"127", "the program was not found"},
                      {"128+N", "signal N ended it"}}});
    line.does([asked, &line] { return line.run(attach(asked, line)); });
}

} // namespace parlance::cli
