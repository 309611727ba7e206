#include "cli/connect_udp.hpp"

#include "cli/signals.hpp"
#include "stream/tcp.hpp"

#include <parlance/stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <memory>

namespace parlance::cli {
namespace {

/// What the coroutines share.
struct one_peer {
    one_peer(socket_request const& ask, bool v6, command_line& told)
        : asked(ask), world(address::udp(v6 ? "::" : "0.0.0.0", 0), socket_options_of<server_options>(asked)),
          line(told) {}
    socket_request const asked;
    server world;
    socket_peer there;
    command_line& line;
    bool bad_input = false;
};

asio::awaitable<void> obey(one_peer& state, socket_order order) {
    if (state.asked.raw)
        co_await state.there.write(std::move(order.data));
    else
        co_await state.there.emit(order.type, socket_data(message(std::move(order.data))));
}

asio::awaitable<void> carry_input(std::shared_ptr<one_peer> state) {
    // named: GCC 12 frees a temporary of a co_await twice where the coroutine ends there
    order_handler const obeys = [state](socket_order order) { return obey(*state, std::move(order)); };
    auto const good = co_await carry_orders(state->asked, false, state->line, obeys);
    state->bad_input = !good;
    co_await state->world.stop();
}

asio::awaitable<void> stop_at_signal(std::shared_ptr<one_peer> state, signal_watch& signals) {
    co_await signals.next();
    signals.let_go(); // a second one ends us at once
    co_await state->world.stop();
}

} // namespace

asio::awaitable<int> connect_udp(socket_request asked, command_line& line) {
    auto const place = socket_place(asked);
    auto const hosts = co_await resolve(place.host(), ip_family::any);
    auto const state = std::make_shared<one_peer>(asked, hosts.front().is_v6(), line);
    auto const loop = co_await asio::this_coro::executor;
    signal_watch signals;
    state->there = co_await state->world.peer_at(hosts.front().to_string(), place.port());
    asio::co_spawn(loop, stop_at_signal(state, signals), asio::detached);
    asio::co_spawn(loop, carry_input(state), asio::detached);
    stream output(unique_fd{}, reopened(STDOUT_FILENO, O_WRONLY));
    std::string text = line_of(socket_event(happened::connect, state->there), asked.raw, false);
    for (;;) {
        auto const is_read = co_await print_event(output, std::move(text));
        if (!is_read) co_return status::by_signal + SIGPIPE;
        auto event = co_await state->world.next();
        if (!event) break;
        bool const is_ours = event->peer == state->there || (event->what == happened::error && !event->peer);
        text = is_ours ? line_of(*event, asked.raw, false) : std::string();
    }
    text = line_of(socket_event(happened::disconnect, state->there), asked.raw, false);
    co_await output.write(std::move(text));
    co_return state->bad_input ? status::failed : status::done;
}

} // namespace parlance::cli
