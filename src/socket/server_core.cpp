#include "socket/server_core.hpp"

#include "stream/tcp.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace parlance {
namespace {

server_options without_views(server_options options) {
    options.socket_root = options.appspace = {};
    options.tls.reset();
    return options;
}

mode_t mode_of(server_options const& options) noexcept {
    return options.mode | (options.readable_all ? 0444u : 0u) | (options.writable_all ? 0222u : 0u);
}

} // namespace

server_core::server_core(address place, server_options const& options)
    : socket_core(socket_settings(options)), options_(without_views(options)),
      how_{.place = place, .tls = tls_of(options.tls, place, true)} {
    if (options.tls) how_.tls_patience = options.tls->patience;
}

void server_core::reload_certificates() {
    if (how_.tls) how_.tls->reload();
}

asio::awaitable<void> server_core::start(self me) {
    me->bind_to(co_await asio::this_coro::executor);
    if (me->stopping_)
        throw failure(errc::channel_closed, {.input = me->how_.place.text(), .reason = "it was stopped"});
    if (std::exchange(me->starting_, true)) co_return;
    if (me->how_.place.what() == address::kind::udp) co_return co_await start_datagrams(me);
    listen_options how;
    how.mode = mode_of(me->options_);
    how.unlink = me->options_.unlink;
    how.keepalive = me->options_.keepalive;
    auto got = co_await as_result(listen(me->how_.place, how));
    if (!got) {
        me->starting_ = false;
        throw got.error();
    }
    me->door_.emplace(std::move(*got));
    asio::co_spawn(me->executor(), let_in(me), asio::detached);
}

asio::awaitable<void> server_core::start_datagrams(self me) {
    auto got = co_await as_result(datagram_door::open(me->how_.place, me->settings, me->options_.max_connections));
    if (!got) {
        me->starting_ = false;
        throw got.error();
    }
    me->datagrams_ = std::move(*got);
    asio::co_spawn(me->executor(), hear_datagrams(me), asio::detached);
}

asio::awaitable<void> server_core::hear_datagrams(self me) {
    co_await tell(me, socket_event(happened::start));
    co_await datagram_door::hear(me->datagrams_, me);
}

asio::awaitable<socket_peer> server_core::peer_at(self me, std::string host, std::uint16_t port) {
    if (!me->stopping_) co_await start(me);
    if (!me->datagrams_)
        throw failure(errc::invalid_argument, {.input = me->where().text(),
                                               .reason = "only over UDP a server speaks to whom it has not heard"});
    auto const hosts = co_await resolve(
        host, me->datagrams_->where().host().find(':') == std::string::npos ? ip_family::v4 : ip_family::v6);
    co_return me->datagrams_->peer_at({hosts.front(), port});
}

asio::awaitable<void> server_core::let_in(self me) {
    co_await tell(me, socket_event(happened::start));
    while (!me->stopping_) {
        auto came = co_await as_result(me->door_->accept());
        if (me->stopping_) break;
        if (!came) {
            if (came.error().code() != asio::error::operation_aborted)
                co_await tell_fault(me, came.error(), socket_peer());
            break;
        }
        if (me->is_full()) continue; // it is closed with that, as node-ipc does
        ++me->arrivals_;
        asio::co_spawn(me->executor(), serve(me, std::move(*came), ++me->last_number_), asio::detached);
    }
}

asio::awaitable<void> server_core::serve(self me, arrival came, std::uint64_t number) {
    auto const limit = std::make_shared<attempt_limit>(me->executor());
    auto const from = came.from;
    auto const who = came.who;
    me->handshakes_.emplace(number, limit);
    auto bytes = co_await as_result(welcome_transport(me->how_, std::move(came), limit));
    me->handshakes_.erase(number);
    if (bytes && !me->stopping_) {
        auto const link =
            std::make_shared<stream_link>(me->settings, std::move(*bytes), from, me->executor(), me->options_.grace);
        link->number = number;
        link->who = who;
        if (!me->allow || me->allow(socket_peer(link))) {
            me->links_.emplace(number, link);
            co_await talk_to(me, link);
            me->links_.erase(number);
        } else {
            failure fault(boost::system::error_code(EACCES, boost::system::system_category()),
                          {.input = from.text(), .reason = "it was not allowed in"});
            co_await tell_fault(me, std::move(fault), socket_peer(link));
        }
    } else if (!bytes && !me->stopping_) {
        co_await tell_fault(me, bytes.error(), socket_peer());
    }
    --me->arrivals_;
    me->check_end();
}

asio::awaitable<void> server_core::talk_to(self me, stream_link::self link) {
    socket_peer const peer(link);
    auto const flushed = co_await as_result(link->talk.flush()); // from here on it may be sent to
    co_await tell(me, socket_event(happened::connect, peer));
    co_await stream_link::hear(link, me, peer);
    socket_event over(happened::disconnect, peer);
    over.undelivered = co_await stream_link::finish(link, me->options_.grace);
    over.unconfirmed = link->numbers.broke(over.undelivered.size());
    link->drop();
    co_await tell(me, std::move(over));
}

void server_core::check_end() {
    if (!stopping_ || arrivals_ > 0) return;
    end_events();
    ended_.wake_all();
}

asio::awaitable<void> server_core::run(self me) {
    me->heard_by(audience::handlers);
    if (!me->stopping_) co_await start(me);
    while (!me->is_over()) co_await me->ended_.wait(me->executor());
}

asio::awaitable<std::optional<socket_event>> server_core::next(self me) {
    me->heard_by(audience::events);
    if (!me->starting_ && !me->stopping_) co_await start(me);
    co_return co_await next_event(me);
}

/// Flushes all at once; who does not end its side in the grace is not waited for.
asio::awaitable<void> server_core::stop(self me) {
    me->bind_to(co_await asio::this_coro::executor);
    if (!std::exchange(me->stopping_, true) && me->door_) me->door_->close();
    if (me->datagrams_) me->datagrams_->close();
    for (auto const& [number, limit] : me->handshakes_) limit->end();
    auto const links = me->links_;
    for (auto const& [number, link] : links) link->close();
    for (auto const& [number, link] : links) co_await stream_link::until_flushed(link);
    me->check_end();
}

asio::awaitable<std::size_t> server_core::broadcast(self me, std::string type, socket_data data) {
    co_return co_await send_to_all(me, frame_of(*me->settings, type, data));
}

asio::awaitable<std::size_t> server_core::broadcast_bytes(self me, std::string bytes) {
    co_return co_await send_to_all(me, chunk_of(*me->settings, std::move(bytes)));
}

asio::awaitable<std::size_t> server_core::send_to_all(self me, message all) {
    std::string const frame = std::move(all).text();
    std::size_t took = 0;
    std::vector<stream_link::self> slow;
    auto const links = me->links_;
    for (auto const& [number, link] : links) {
        message copy(frame);
        auto const now = [&] {
            try {
                return link->try_send(copy) ? 1 : 0;
            } catch (failure const&) { // it is going
                return -1;
            }
        }();
        if (now == 0) slow.push_back(link);
        took += now == 1;
    }
    for (auto const& link : slow) {
        auto const number = co_await as_result(link->send(message(frame)));
        took += static_cast<bool>(number);
    }
    if (!me->datagrams_) co_return took;
    for (auto const& peer : me->datagrams_->peers()) {
        auto const sent = co_await as_result(datagram_door::send_frame(peer, message(frame)));
        took += static_cast<bool>(sent);
    }
    co_return took;
}

std::vector<socket_peer> server_core::peers() const {
    if (datagrams_) return datagrams_->peers();
    std::vector<socket_peer> all;
    all.reserve(links_.size());
    for (auto const& [number, link] : links_) all.emplace_back(link);
    return all;
}

void server_core::drop() noexcept {
    stopping_ = true;
    if (door_) door_->close();
    if (datagrams_) datagrams_->close();
    for (auto const& [number, limit] : handshakes_) limit->end();
    for (auto const& [number, link] : links_) link->drop();
    end_events();
    ended_.wake_all();
}

} // namespace parlance
