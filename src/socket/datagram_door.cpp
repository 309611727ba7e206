#include "socket/datagram_door.hpp"

#include "stream/tcp.hpp"
#include "wire/delimited.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace parlance {
namespace {

address place_of(asio::ip::udp::endpoint const& end) { return address::udp(end.address().to_string(), end.port()); }

/// What a datagram may be made of this frame. Throws failure: errc::message_too_large.
std::string datagram_of(socket_settings const& how, message frame) {
    auto bytes = std::move(frame).text();
    if (!how.raw) bytes += how.delimiter;
    if (bytes.size() > datagram_limit_bytes)
        throw failure(errc::message_too_large,
                      {.input = "a message of " + std::to_string(bytes.size()) + " bytes",
                       .reason = "a datagram carries at most " + std::to_string(datagram_limit_bytes),
                       .mend = "send it in parts, or over TCP"});
    return bytes;
}

} // namespace

class datagram_door::link final : public socket_peer::link {
public:
    link(self const& door, endpoint to) : socket_peer::link(door->settings_, place_of(to)), door_(door), to_(to) {}

    asio::awaitable<std::uint64_t> send(message frame) override {
        try {
            return send_it(door(), datagram_of(*settings, std::move(frame)), to_, numbers_);
        } catch (failure const& refused) {
            return refuse_to_send(refused);
        }
    }
    bool try_send(message& frame) override {
        message copy{std::string(frame.text())};
        if (!door()->try_send(datagram_of(*settings, std::move(copy)), to_)) return false;
        numbers_->accepted();
        return true;
    }
    void close() override {
        if (auto const still = door_.lock()) still->forget(to_);
    }
    bool is_connected() const noexcept override {
        auto const still = door_.lock();
        return still && still->known_.contains(to_);
    }

private:
    static asio::awaitable<std::uint64_t> send_it(self door, std::string bytes, endpoint to,
                                                  std::shared_ptr<unconfirmed_count> numbers) {
        co_await datagram_door::send(door, std::move(bytes), to);
        co_return numbers->accepted();
    }
    self door() const {
        if (auto still = door_.lock(); still && still->socket_.is_open()) return still;
        throw failure(errc::channel_closed, {.input = from.text()});
    }
    std::weak_ptr<datagram_door> door_;
    endpoint to_;
    std::shared_ptr<unconfirmed_count> numbers_ = std::make_shared<unconfirmed_count>();
};

datagram_door::datagram_door(asio::ip::udp::socket socket, std::shared_ptr<socket_settings const> how,
                             std::size_t peers)
    : socket_(std::move(socket)), settings_(std::move(how)), most_(std::min(peers, most_peers)),
      where_(place_of(socket_.local_endpoint())) {}

asio::awaitable<datagram_door::self> datagram_door::open(address where, std::shared_ptr<socket_settings const> how,
                                                         std::size_t peers) {
    auto const hosts = co_await resolve(where.host(), ip_family::any);
    endpoint const end(hosts.front(), where.port());
    asio::ip::udp::socket socket(co_await asio::this_coro::executor);
    boost::system::error_code fault;
    socket.open(end.protocol(), fault);
    if (!fault) socket.bind(end, fault);
    if (!fault) socket.non_blocking(true, fault);
    if (fault) throw failure(fault, {.input = where.text()});
    co_return self(new datagram_door(std::move(socket), std::move(how), peers));
}

asio::awaitable<void> datagram_door::send(self me, std::string bytes, endpoint to) {
    auto const [fault, sent] =
        co_await me->socket_.async_send_to(asio::buffer(bytes), to, asio::as_tuple(asio::use_awaitable));
    if (fault == asio::error::operation_aborted) throw boost::system::system_error(fault);
    if (fault) throw failure(fault, {.input = place_of(to).text()});
}

bool datagram_door::try_send(std::string const& bytes, endpoint const& to) {
    boost::system::error_code fault;
    socket_.send_to(asio::buffer(bytes), to, 0, fault);
    if (fault == asio::error::would_block || fault == asio::error::try_again) return false;
    if (fault) throw failure(fault, {.input = place_of(to).text()});
    return true;
}

asio::awaitable<void> datagram_door::hear(self me, socket_core::self core) {
    std::string room(65536, '\0');
    while (!core->is_over() && me->socket_.is_open()) {
        endpoint from;
        auto const [fault, got] =
            co_await me->socket_.async_receive_from(asio::buffer(room), from, asio::as_tuple(asio::use_awaitable));
        if (fault == asio::error::operation_aborted || !me->socket_.is_open()) co_return;
        if (fault)
            co_await socket_core::tell_fault(core, failure(fault, {.input = me->where_.text()}), socket_peer());
        else
            co_await take(me, core, std::string_view(room).substr(0, got), from);
    }
}

asio::awaitable<void> datagram_door::take(self me, socket_core::self core, std::string_view datagram, endpoint from) {
    bool is_new = false;
    socket_peer forgotten;
    socket_peer const peer(me->know(from, is_new, forgotten));
    if (forgotten) co_await socket_core::tell(core, socket_event(happened::disconnect, forgotten));
    if (is_new) co_await socket_core::tell(core, socket_event(happened::connect, peer));
    if (me->settings_->raw) {
        socket_event event(happened::message, peer);
        core->fill(event, message(std::string(datagram)));
        co_await socket_core::tell(core, std::move(event));
        co_return;
    }
    while (!datagram.empty()) {
        auto const end = datagram.find(me->settings_->delimiter);
        std::optional<failure> fault;
        socket_event event(happened::message, peer);
        try {
            if (end == datagram.npos)
                throw failure(errc::ended_inside_message,
                              {.input = peer.from().text(), .reason = "a datagram ended in the middle of a message"});
            core->fill(event, message(std::string(datagram.substr(0, end))));
        } catch (failure const& wrong) {
            fault.emplace(wrong);
        }
        datagram.remove_prefix(end == datagram.npos ? datagram.size() : end + 1);
        if (fault)
            co_await socket_core::tell_fault(core, std::move(*fault), peer);
        else
            co_await socket_core::tell(core, std::move(event));
    }
}

std::shared_ptr<datagram_door::link> datagram_door::know(endpoint const& from, bool& is_new, socket_peer& forgotten) {
    auto at = known_.find(from);
    is_new = at == known_.end();
    if (!is_new) {
        silent_longest_.splice(silent_longest_.end(), silent_longest_, at->second.turn);
        return at->second.who;
    }
    if (known_.size() >= most_ && !silent_longest_.empty()) {
        forgotten = socket_peer(known_.at(silent_longest_.front()).who);
        forget(silent_longest_.front());
    }
    auto const made = std::make_shared<link>(shared_from_this(), from);
    made->number = ++last_number_;
    silent_longest_.push_back(from);
    known_.emplace(from, acquaintance{made, std::prev(silent_longest_.end())});
    return made;
}

void datagram_door::forget(endpoint const& where) {
    auto const at = known_.find(where);
    if (at == known_.end()) return;
    silent_longest_.erase(at->second.turn);
    known_.erase(at);
}

socket_peer datagram_door::peer_at(endpoint const& where) {
    bool is_new = false;
    socket_peer forgotten;
    return socket_peer(know(where, is_new, forgotten));
}

std::vector<socket_peer> datagram_door::peers() const {
    std::vector<socket_peer> all;
    all.reserve(known_.size());
    for (auto const& [where, one] : known_) all.emplace_back(one.who);
    return all;
}

asio::awaitable<std::uint64_t> datagram_door::send_frame(socket_peer const& to, message frame) {
    return socket_core::link_of(to).send(std::move(frame));
}

void datagram_door::close() noexcept {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

} // namespace parlance
