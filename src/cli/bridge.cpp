#include "cli/bridge.hpp"

#include "cli/input_lines.hpp"
#include "cli/message_argument.hpp"

#include <parlance/size.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <span>
#include <utility>

namespace parlance::cli {
namespace {

constexpr std::size_t line_limit_bytes = input_lines::limit_bytes;
constexpr milliseconds grace_of_a_broken_talk{5000};

void tell_bad_line(bridge& state, problem told) {
    state.bad_input = true;
    if (told.hint.empty()) told.hint = "one JSON value on each line";
    state.line.tell(std::move(told));
}

problem line_too_long(std::size_t number) {
    problem told;
    told.code = "messageTooLarge";
    told.message = "longer than " + format_size(line_limit_bytes);
    told.input = "standard input";
    told.place = "line " + std::to_string(number);
    told.hint = "it is skipped; split what is so large, or pass the name of a file";
    told.facts = {{"line", number}, {"column", 1}};
    return told;
}

/// A line that is JSON, and that the peer cannot be sent.
problem not_sent(failure const& fault, std::size_t number) {
    auto told = explained(fault);
    auto const inside = fault.details().input;
    if (inside.starts_with('$')) { // the path of a value
        told.message += " (" + inside + ")";
        if (told.hint.empty()) told.hint = "`parlance help fork` shows the forms of what JSON has not";
    } else if (fault.code() == errc::invalid_argument) {
        told.hint = "choose another name, or another beginning of its value";
    }
    told.input = "standard input";
    told.place = "line " + std::to_string(number);
    told.facts["line"] = number;
    return told;
}

/// Gives the peer one line. False when it takes no more.
asio::awaitable<bool> carry_line(bridge& state, std::string_view line, std::size_t number) {
    if (line.find_first_not_of(" \t\r") == line.npos) co_return true;
    std::string json;
    try {
        if (line.size() > line_limit_bytes) throw line_too_long(number);
        json = checked_json(line, "standard input", number);
    } catch (problem const& told) {
        tell_bad_line(state, told);
        co_return true;
    }
    try {
        co_await state.way->send(std::move(json));
        co_return true;
    } catch (failure const& fault) {
        if (is_fault_of_a_message(fault.code())) {
            tell_bad_line(state, not_sent(fault, number));
            co_return true;
        }
    } catch (boost::system::system_error const&) { // it was closed under us
    }
    ++state.not_taken;
    co_return false;
}

asio::awaitable<void> carry_lines(bridge& state) {
    stream input(reopened(STDIN_FILENO, O_RDONLY));
    input_lines lines;
    for (bool ended = false; !ended;) {
        state.reading_input = true;
        auto const got = co_await input.read_some(lines.room());
        state.reading_input = false;
        lines.took(got);
        ended = got == 0;
        while (auto const line = lines.next(ended))
            if (!co_await carry_line(state, *line, lines.number())) co_return;
        if (lines.waiting_bytes() > line_limit_bytes) {
            tell_bad_line(state, line_too_long(lines.number() + 1));
            lines.skip_line();
        }
    }
}

/// A fault of the peer's stream. True where its next messages can still be read.
bool survives(bridge& state, failure const& fault) {
    auto told = explained(fault);
    if (told.input.empty()) told.input = state.peer;
    state.line.tell(std::move(told));
    state.broken = true;
    return state.way->goes_on_after(fault);
}

/// What the peer has sent, a line for each message; empty at its end.
asio::awaitable<std::string> next_lines(bridge& state) {
    std::string text;
    while (text.empty()) {
        auto got = co_await as_result(state.from_peer.next());
        if (!got && !survives(state, got.error())) break;
        if (!got) continue;
        if (got->empty()) break;
        state.heard = true;
        for (auto const& each : *got) text.append(each).push_back('\n');
    }
    co_return text;
}

asio::awaitable<void> carry_input(std::shared_ptr<bridge> state) {
    try {
        co_await carry_lines(*state);
    } catch (failure const& fault) {
        state->reading_input = false;
        state->line.tell(explained(fault));
        state->bad_input = true;
    }
    auto left = co_await as_result(state->way->close());
    if (left) state->not_taken += *left;
}

asio::awaitable<void> carry_output(std::shared_ptr<bridge> state, std::function<void()> stop_peer) {
    try {
        stream output(unique_fd{}, reopened(STDOUT_FILENO, O_WRONLY));
        while (true) {
            auto text = co_await next_lines(*state);
            if (text.empty()) break;
            co_await output.write(std::move(text));
        }
    } catch (failure const& fault) {
        state->output_gone = fault.code() == errc::peer_closed;
        if (!state->output_gone) state->line.tell(explained(fault)), state->broken = true;
    }
    if (state->output_gone || state->broken) stop_peer();
    state->from_peer.over();
}

int status_after(bridge const& state, process_end const& end, child_request const& asked) {
    if (state.output_gone) return status::by_signal + SIGPIPE;
    if (end.reason == end_reason::timed_out) throw timed_out_problem(end, state.peer, asked);
    if (state.broken) return status::failed;
    if (end.shell_status() == 0 && state.bad_input) return status::failed;
    return end.shell_status();
}

/// Nothing that was handed to us is lost in silence.
void tell_not_taken(bridge const& state) {
    if (state.output_gone) return; // and nobody is there to be told
    if (state.not_taken > 0)
        state.line.warn(state.peer + " took no more input: " + std::to_string(state.not_taken) +
                        " of our messages had no reader");
    if (!state.way->peer_left_unread()) return;
    auto told = state.peer + " ended before it read all that it was sent: some of our messages are lost";
    if (!state.heard)
        told += "; a program that does not know Node's channel is for `parlance spawn`, or for `parlance fork -- "
                "parlance attach -- PROGRAM`";
    state.line.warn(told);
}

} // namespace

asio::awaitable<int> carry(child& running, std::unique_ptr<talk> with, signal_watch& signals,
                           child_request const& asked, command_line& line) {
    auto const loop = co_await asio::this_coro::executor;
    auto const told_to_end = std::make_shared<bool>(false);
    auto const state = std::make_shared<bridge>(std::move(with), running.command(), line, loop);
    auto const stop_peer = [&running, loop] {
        running.kill(signal::term);
        asio::co_spawn(loop, kill_after(running, grace_of_a_broken_talk), asio::detached);
    };
    asio::co_spawn(loop, pass_on(signals, running, grace_of(asked), false, told_to_end), asio::detached);
    asio::co_spawn(loop, carry_input(state), asio::detached);
    asio::co_spawn(loop, carry_output(state, stop_peer), asio::detached);
    auto const end = co_await running.wait();
    sweep_after(running, end, *told_to_end);
    if (!co_await state->from_peer.until_over())
        line.warn("a process that " + state->peer + " left behind holds its output open");
    if (state->reading_input) state->not_taken += co_await state->way->close();
    tell_not_taken(*state);
    tell_signal(end, line);
    co_return status_after(*state, end, asked);
}

} // namespace parlance::cli
