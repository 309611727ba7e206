#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/signals.hpp"
#include "cli/socket_words.hpp"

#include <parlance/stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <memory>

namespace parlance::cli {
namespace {

struct serve_request {
    socket_request socket;
    std::string mode, grace;
    std::optional<std::size_t> max_connections;
    bool until_eof = false;
};

/// What the coroutines share.
struct serving {
    serving(address place, server_options const& how, serve_request const& ask, command_line& told)
        : world(std::move(place), how), asked(ask), line(told) {}
    server world;
    serve_request const asked;
    command_line& line;
    std::map<std::uint64_t, socket_peer> peers; ///< by number
    bool bad_input = false;
};

mode_t mode_value(std::string const& text) {
    mode_t mode = 0;
    for (char const digit : text) {
        if (digit < '0' || digit > '7' || mode > 0777)
            throw usage_problem("--mode is octal, like 0660, not `" + text + "`");
        mode = mode * 8 + static_cast<mode_t>(digit - '0');
    }
    if (text.empty() || mode > 0777) throw usage_problem("--mode is octal, like 0660, not `" + text + "`");
    return mode;
}

server_options options_of(serve_request const& asked) {
    auto out = socket_options_of<server_options>(asked.socket);
    if (out.tls && asked.socket.tls_cert.empty()) throw usage_problem("a TLS server needs --tls-cert and --tls-key");
    if (!asked.mode.empty()) out.mode = mode_value(asked.mode);
    if (asked.max_connections) out.max_connections = *asked.max_connections;
    if (!asked.grace.empty()) out.grace = duration_value("--grace", asked.grace);
    return out;
}

asio::awaitable<void> obey(serving& state, socket_order order) {
    if (!order.socket) {
        if (state.asked.socket.raw)
            co_await state.world.broadcast_bytes(std::move(order.data));
        else
            co_await state.world.broadcast(order.type, socket_data(message(std::move(order.data))));
        co_return;
    }
    auto const at = state.peers.find(*order.socket);
    if (at == state.peers.end())
        throw failure(errc::peer_closed,
                      {.input = "socket " + std::to_string(*order.socket), .reason = "it is not connected"});
    auto const peer = at->second;
    if (order.close)
        peer.close();
    else if (state.asked.socket.raw)
        co_await peer.write(std::move(order.data));
    else
        co_await peer.emit(order.type, socket_data(message(std::move(order.data))));
}

asio::awaitable<void> carry_input(std::shared_ptr<serving> state) {
    // named: GCC 12 frees a temporary of a co_await twice where the coroutine ends there
    order_handler const obeys = [state](socket_order order) { return obey(*state, std::move(order)); };
    auto const good = co_await carry_orders(state->asked.socket, true, state->line, obeys);
    state->bad_input = !good;
    if (state->asked.until_eof) co_await state->world.stop();
}

void reload_certificates(serving& state) {
    try {
        state.world.reload_certificates();
    } catch (failure const& fault) {
        state.line.tell(explained(fault)); // those that it has are still good for something
    }
}

asio::awaitable<void> stop_at_signal(std::shared_ptr<serving> state, signal_watch& signals) {
    for (;;) {
        auto const got = co_await signals.next();
        bool const reload = got.number == SIGHUP && !got.from_terminal && !state->asked.socket.tls_cert.empty();
        if (!reload) break;
        reload_certificates(*state);
    }
    signals.let_go(); // a second one ends us at once
    co_await state->world.stop();
}

asio::awaitable<int> serve(std::shared_ptr<serve_request> asked, command_line& line) {
    auto const loop = co_await asio::this_coro::executor;
    auto const state = std::make_shared<serving>(socket_place(asked->socket), options_of(*asked), *asked, line);
    signal_watch signals;
    co_await state->world.start();
    asio::co_spawn(loop, stop_at_signal(state, signals), asio::detached);
    asio::co_spawn(loop, carry_input(state), asio::detached);
    stream output(unique_fd{}, reopened(STDOUT_FILENO, O_WRONLY));
    while (auto event = co_await state->world.next()) {
        if (event->what == happened::connect) state->peers.emplace(event->peer.number(), event->peer);
        if (event->what == happened::disconnect) {
            state->peers.erase(event->peer.number());
            if (!event->undelivered.empty())
                line.warn(counted(event->undelivered.size(), "message") + " for socket " +
                          std::to_string(event->peer.number()) + " were not taken");
        }
        auto text = line_of(*event, asked->socket.raw, true);
        auto const is_read = co_await print_event(output, std::move(text));
        if (!is_read) co_return status::by_signal + SIGPIPE;
    }
    co_return state->bad_input ? status::failed : status::done;
}

} // namespace

void add_serve(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<serve_request>();
    add_socket_options(app, asked->socket);
    app.add_option("--mode", asked->mode,
                   "The mode of the socket's file, which it has before anybody can connect (default: "
                   "0600)")
        ->type_name("0660");
    app.add_option("--max-connections", asked->max_connections, "Close whoever comes when there are so many")
        ->type_name("N");
    app.add_option("--grace", asked->grace,
                   "How long peers have, at the end, to take what they were sent (default: 5s)")
        ->type_name("D");
    app.add_flag("--until-eof", asked->until_eof, "End, when all is flushed, at the end of our input");
    line.page(
        {.usage = "ID [options]",
         .more =
             "A server on node-ipc's wire: unmodified node-ipc clients find it at /tmp/app.ID, and `parlance connect` "
             "does. Prints what happens, a line of JSON each: {\"event\":\"start\"}, "
             "{\"event\":\"connect\",\"socket\":1}, "
             "{\"event\":\"message\",\"socket\":1,\"type\":\"message\",\"data\":...}, {\"event\":\"error\",...}, "
             "{\"event\":\"disconnect\",\"socket\":1,\"id\":null} (id is what node-ipc calls socket.id). Reads lines "
             "{\"socket\":1,\"type\":\"message\",\"data\":...}; without `socket` it goes to all; "
             "{\"socket\":1,\"close\":true} ends one. A line that is bad is told, and the next is read. The end of "
             "our input leaves the server up. A path on which a server listens is never taken from it. With --tls-cert "
             "and "
             "--tls-key it speaks TLS, and SIGHUP reads these files again; with --tls-ca each client must show a "
             "certificate. Over UDP whoever sends something has a socket's number from then on.",
         .examples = {{"parlance serve world", "shows what comes; a signal ends it"},
                      {"echo '{\"type\":\"news\",\"data\":1}' | parlance serve world --tcp 127.0.0.1:8000",
                       "on TCP; tells the news to those who are there"},
                      {"parlance serve world --tcp :8000 --tls-cert world.pem --tls-key world.key", "TLS"}},
         .statuses = {{"0", "a signal, or with --until-eof the end of the input, ended it, and all was flushed"},
                      {"1", "failed, or with --until-eof a line of our input was bad"}}});
    line.does([asked, &line] { return line.run(serve(asked, line)); });
}

} // namespace parlance::cli
