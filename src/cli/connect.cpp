#include "cli/commands.hpp"
#include "cli/connect_udp.hpp"
#include "cli/signals.hpp"
#include "cli/socket_words.hpp"

#include <parlance/stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace parlance::cli {
namespace {

struct connect_request {
    socket_request socket;
    std::string retry;
    std::optional<std::uint64_t> max_retries;
};

/// What the coroutines share.
struct connected {
    connected(address place, client_options const& how, connect_request const& ask, command_line& told)
        : world(std::move(place), how), asked(ask), line(told) {}
    client world;
    connect_request const asked;
    command_line& line;
    bool bad_input = false, leaving = false;
    std::optional<failure> last_fault;
};

asio::awaitable<void> obey(connected& state, socket_order order) {
    if (state.asked.socket.raw)
        co_await state.world.write(std::move(order.data));
    else
        co_await state.world.emit(order.type, socket_data(message(std::move(order.data))));
}

/// Said once: the reader of a pipe may be slow, and then we are.
asio::awaitable<void> leave(std::shared_ptr<connected> state) {
    if (std::exchange(state->leaving, true)) co_return;
    auto const left = co_await state->world.disconnect();
    if (!left.empty())
        state->line.warn(counted(left.size(), "message") + (left.size() == 1 ? " was" : " were") + " not sent");
}

asio::awaitable<void> carry_input(std::shared_ptr<connected> state) {
    // named: GCC 12 frees a temporary of a co_await twice where the coroutine ends there
    order_handler const obeys = [state](socket_order order) { return obey(*state, std::move(order)); };
    auto const good = co_await carry_orders(state->asked.socket, false, state->line, obeys);
    state->bad_input = !good;
    auto const flushed = co_await as_result(state->world.flush());
    if (flushed) co_await leave(state);
}

asio::awaitable<void> leave_at_signal(std::shared_ptr<connected> state, signal_watch& signals) {
    auto const got = co_await signals.next();
    static_cast<void>(got);
    signals.let_go(); // a second one ends us at once
    co_await leave(state);
}

asio::awaitable<int> connect(std::shared_ptr<connect_request> asked, command_line& line) {
    auto how = socket_options_of<client_options>(asked->socket);
    if (!asked->retry.empty()) how.retry = duration_value("--retry", asked->retry);
    if (asked->max_retries) how.max_retries = *asked->max_retries;
    auto const loop = co_await asio::this_coro::executor;
    auto const place = socket_place(asked->socket);
    auto const state = std::make_shared<connected>(place, how, *asked, line);
    signal_watch signals;
    asio::co_spawn(loop, leave_at_signal(state, signals), asio::detached);
    stream output(unique_fd{}, reopened(STDOUT_FILENO, O_WRONLY));
    bool reading = false;
    while (auto event = co_await state->world.next()) {
        if (event->what == happened::error) state->last_fault.emplace(*event->fault);
        auto text = line_of(*event, asked->socket.raw, false);
        auto const is_read = co_await print_event(output, std::move(text));
        if (!is_read) co_return status::by_signal + SIGPIPE;
        if (!std::exchange(reading, true)) asio::co_spawn(loop, carry_input(state), asio::detached);
    }
    if (!state->leaving) {
        problem told;
        told.code = "notConnected";
        told.message = state->last_fault ? state->last_fault->message() : "the server ended the connection";
        told.input = place.text();
        told.hint = "is the server up? `parlance serve " + asked->socket.id + "` is one";
        throw told;
    }
    co_return state->bad_input ? status::failed : status::done;
}

} // namespace

void add_connect(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<connect_request>();
    add_socket_options(app, asked->socket);
    app.add_option("--retry", asked->retry,
                   "How long after an end, or an attempt in vain, to the next attempt (default: "
                   "500ms)")
        ->type_name("D");
    app.add_option("--max-retries", asked->max_retries, "So many attempts after each end (default: for ever)")
        ->type_name("N");
    app.add_flag("--tls", asked->socket.tls, "TLS, as --tls-ca, but with those whom the system trusts");
    app.add_flag("--tls-insecure", asked->socket.tls_insecure,
                 "TLS with anybody: for tests with throw-away certificates");
    line.page(
        {.usage = "ID [options]",
         .more =
             "A client on node-ipc's wire, of an unmodified node-ipc server or of `parlance serve`. Prints what "
             "happens, a "
             "line of JSON each: {\"event\":\"connect\"}, {\"event\":\"message\",\"type\":\"message\",\"data\":...}, "
             "{\"event\":\"error\",...}, {\"event\":\"disconnect\"}. Reads lines {\"type\":\"message\",\"data\":...}; "
             "those that are read while there is no connection wait, up to 1 MiB, and are sent when there is one. The "
             "end of our input flushes and leaves. With --tls-ca, or --tls, it speaks TLS, and the server's "
             "certificate must "
             "be good for its host. Over UDP nothing tells whether anybody is there, and it leaves at once.",
         .examples = {{"echo '{\"type\":\"message\",\"data\":\"hello\"}' | parlance connect world",
                       "sends it, prints what comes back at once, leaves"},
                      {"parlance connect world --tcp 127.0.0.1:8000 --max-retries 3",
                       "on TCP; gives up after a while"}},
         .statuses = {{"0", "the end of the input, or a signal, ended it, and all was flushed"},
                      {"1", "failed; no more retries; or a line of our input was bad"}}});
    line.does([asked, &line] {
        return line.run(asked->socket.udp.empty() ? connect(asked, line) : connect_udp(asked->socket, line));
    });
}

} // namespace parlance::cli
