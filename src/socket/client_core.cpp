#include "socket/client_core.hpp"

#include "base/deadline.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace parlance {

/// A client's server, over all reconnects: what handlers get as the event's peer.
class client_core::server_link final : public socket_peer::link {
public:
    explicit server_link(client_core& of) : link(of.settings, of.how_.place), core_(of.weak_from_this()) {}
    asio::awaitable<std::uint64_t> send(message frame) override { return client_core::send(core(), std::move(frame)); }
    bool try_send(message& frame) override { return core()->try_send(frame); }
    void close() override {
        auto const me = core();
        asio::co_spawn(me->executor(), client_core::disconnect(me, std::chrono::seconds(5)), asio::detached);
    }
    bool is_connected() const noexcept override {
        auto const me = core_.lock();
        return me && me->is_connected();
    }

private:
    self core() const {
        if (auto me = core_.lock()) return me;
        throw failure(errc::channel_closed, {.input = from.text()});
    }
    std::weak_ptr<client_core> core_;
};

client_core::client_core(address place, client_options const& options)
    : socket_core(socket_settings(options)), how_{.place = place,
                                                  .timeout = options.dial_timeout,
                                                  .keepalive = options.keepalive,
                                                  .local_host = std::string(options.local_host),
                                                  .local_port = options.local_port,
                                                  .family = options.family,
                                                  .tls = tls_of(options.tls, place, false)},
      sync_(options.sync), offline_bytes_(options.offline_buffer_bytes),
      plan_({.first = options.retry, .most = options.retry_most}, options.max_retries), waiting_(offline_bytes_) {
    if (options.tls) how_.tls_patience = options.tls->patience;
}

void client_core::reload_certificates() {
    if (how_.tls) how_.tls->reload();
}

socket_peer client_core::peer() {
    if (!server_) server_ = std::make_shared<server_link>(*this);
    return socket_peer(server_);
}

/// Everything that is awaited first of all begins to connect.
asio::awaitable<void> client_core::begin(self me) {
    me->bind_to(co_await asio::this_coro::executor);
    if (me->begun_) co_return;
    me->begun_ = true;
    asio::co_spawn(me->executor(), live(me), asio::detached);
}

/// Connects, talks, and does it again, until there are no retries left or it was told to end.
asio::awaitable<void> client_core::live(self me) {
    std::uniform_real_distribution<double> zero_to_one;
    while (!me->ending_) {
        me->attempt_ = std::make_shared<attempt_limit>(me->executor());
        auto bytes = co_await as_result(open_transport(me->how_, me->attempt_));
        me->tried_ = true;
        if (bytes && !me->ending_) {
            me->plan_.connected();
            co_await talk_over(me, std::move(*bytes));
        } else if (!bytes && !me->ending_) {
            me->last_fault_.emplace(bytes.error());
            me->changed_.wake_all();
            co_await tell_fault(me, bytes.error(), me->peer());
            co_await tell(me, socket_event(happened::disconnect, me->peer()));
        }
        if (me->ending_) break;
        auto const wait = me->plan_.ended(zero_to_one(me->random_));
        if (!wait) break;
        me->retry_timer_.emplace(me->executor(), *wait);
        static_cast<void>(co_await me->retry_timer_->async_wait(asio::as_tuple(asio::use_awaitable)));
    }
    me->destroyed_ = true;
    me->changed_.wake_all();
    co_await tell(me, socket_event(happened::destroy));
    me->end_events();
}

asio::awaitable<void> client_core::talk_over(self me, stream bytes) {
    auto const link = std::make_shared<stream_link>(me->settings, std::move(bytes), me->how_.place, me->executor(),
                                                    std::chrono::seconds(5), me->sync_);
    me->link_ = link;
    static_cast<void>(co_await as_result(link->talk.flush())); // from here on it may be sent to
    me->start_pump();
    me->changed_.wake_all();
    co_await tell(me, socket_event(happened::connect, me->peer()));
    co_await stream_link::hear(link, me, me->peer());
    auto left = co_await stream_link::finish(link, std::chrono::milliseconds(0));
    me->link_.reset();
    me->waiting_.put_back(std::move(left));
    link->drop();
    socket_event over(happened::disconnect, me->peer());
    over.unconfirmed = me->numbers_.broke(me->waiting_.size());
    me->changed_.wake_all();
    co_await tell(me, std::move(over));
}

void client_core::start_pump() {
    if (pumping_ || waiting_.empty() || !link_) return;
    pumping_ = true;
    asio::co_spawn(executor(), pump(shared_from_this(), link_), asio::detached);
}

/// Where the channel takes no more because the peer is gone, the one who reads notices too, and begins anew.
asio::awaitable<void> client_core::pump(self me, stream_link::self link) {
    bool fault = false;
    while (!fault && me->link_ == link && !me->waiting_.empty()) {
        auto const size = me->waiting_.front().text().size();
        bool full = false;
        try {
            full = !link->talk.try_send(me->waiting_.front());
            if (!full) me->waiting_.pop(size), me->changed_.wake_all();
        } catch (boost::system::system_error const&) {
            fault = true;
        }
        if (!full) continue;
        auto const flushed = co_await as_result(link->talk.flush());
        fault = !flushed;
        co_await asio::post(me->executor(), asio::use_awaitable); // a channel that was busy wants a turn of the loop
    }
    me->pumping_ = false;
    if (fault)
        link->talk.bytes().close_write();
    else
        me->start_pump(); // for the connection that came meanwhile
}

void client_core::check_takes(std::size_t bytes) const {
    if (destroyed_ || ending_) throw failure(errc::channel_closed, {.input = how_.place.text()});
    if (link_) return;
    if (offline_bytes_ == 0)
        throw failure(errc::not_connected,
                      {.input = how_.place.text(), .mend = "wait for `connect`, or give the client an offline buffer"});
    if (!waiting_.has_room_for(bytes))
        throw failure(errc::offline_buffer_full,
                      {.input = how_.place.text(),
                       .reason = "not connected, and " + std::to_string(waiting_.size()) + " messages of " +
                                 std::to_string(waiting_.bytes()) + " bytes wait, of at most " +
                                 std::to_string(offline_bytes_)});
}

std::uint64_t client_core::put(message frame) {
    waiting_.push(std::move(frame));
    start_pump();
    return numbers_.accepted();
}

bool client_core::try_send(message& frame) {
    check_takes(frame.text().size());
    if (link_ && waiting_.empty()) {
        try {
            if (link_->talk.try_send(frame)) return numbers_.accepted(), true;
        } catch (boost::system::system_error const&) { // it ended, which is about to be noticed: into the outbox
        }
    }
    if (link_ && waiting_.bytes() >= settings->write_buffer_bytes) return false;
    put(std::move(frame));
    return true;
}

asio::awaitable<std::uint64_t> client_core::send(self me, message frame) {
    co_await begin(me);
    // whoever sends at once, to a server that is there, shall not hear that the buffer is too small
    while (!me->tried_ && !me->waiting_.has_room_for(frame.text().size())) co_await me->changed_.wait(me->executor());
    while (!me->try_send(frame)) co_await me->changed_.wait(me->executor());
    co_return me->numbers_.last_accepted();
}

asio::awaitable<void> client_core::connect(self me) {
    co_await begin(me);
    while (!me->link_ && !me->destroyed_) co_await me->changed_.wait(me->executor());
    if (me->link_) co_return;
    throw failure(errc::peer_closed,
                  {.input = me->how_.place.text(),
                   .reason = me->last_fault_ ? "not connected: " + me->last_fault_->message() : "it was ended"});
}

asio::awaitable<void> client_core::run(self me) {
    me->heard_by(audience::handlers);
    co_await begin(me);
    while (!me->destroyed_) co_await me->changed_.wait(me->executor());
}

asio::awaitable<std::optional<socket_event>> client_core::next(self me, audience who) {
    me->heard_by(who);
    co_await begin(me);
    co_return co_await next_event(me);
}

asio::awaitable<void> client_core::flush(self me) {
    co_await begin(me);
    for (;;) {
        if (me->destroyed_) throw failure(errc::channel_closed, {.input = me->how_.place.text()});
        auto const link = me->link_;
        if (link && me->waiting_.empty() && co_await as_result(link->talk.flush())) co_return;
        if (me->link_ != link || (link && me->waiting_.empty() && !link->is_connected())) continue;
        co_await me->changed_.wait(me->executor());
    }
}

asio::awaitable<std::vector<message>> client_core::disconnect(self me, std::chrono::milliseconds patience) {
    me->bind_to(co_await asio::this_coro::executor);
    if (std::exchange(me->ending_, true)) co_return std::vector<message>();
    me->tried_ = true;
    if (me->attempt_) me->attempt_->end();
    if (me->retry_timer_) me->retry_timer_->cancel();
    auto const until = deadline_after(patience);
    while (me->link_ && !me->waiting_.empty())
        if (!co_await me->changed_.wait(me->executor(), until)) break;
    std::vector<message> left;
    if (auto const link = me->link_) {
        auto const rest = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        left = co_await link->talk.close(until == waiters::time_point::max() ? patience : rest);
        link->close();
    } else if (!me->begun_) {
        me->destroyed_ = true;
        me->end_events();
    }
    auto more = me->waiting_.take_all();
    std::move(more.begin(), more.end(), std::back_inserter(left));
    me->changed_.wake_all();
    co_return left;
}

void client_core::drop() noexcept {
    ending_ = destroyed_ = tried_ = true;
    if (attempt_) attempt_->end();
    if (retry_timer_) retry_timer_->cancel();
    if (link_) link_->drop();
    end_events();
    changed_.wake_all();
}

} // namespace parlance
