#include "stream/socket_path.hpp"
#include "stream/tcp.hpp"

#include <parlance/dial.hpp>
#include <parlance/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace parlance {
namespace {

constexpr auto lock_patience = std::chrono::seconds(2);
/// So many arrivals in a row before the others of the event loop get a turn.
constexpr unsigned arrivals_before_a_turn = 64;

/// Waits while another server starts in the same directory. A lock that somebody keeps for good must keep nobody from
/// starting: then it goes on without.
asio::awaitable<unique_fd> lock_directory_of(std::string path) {
    auto const loop = co_await asio::this_coro::executor;
    asio::steady_timer timer(loop);
    for (auto const until = std::chrono::steady_clock::now() + lock_patience;;) {
        auto lock = try_lock_directory_of(path);
        if (lock.held || !lock.may_come || std::chrono::steady_clock::now() > until) co_return std::move(lock.held);
        timer.expires_after(std::chrono::milliseconds(2));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

void make_way(std::string const& path, bool unlink) {
    auto const who = who_is_at(path);
    if (who == occupant::nobody) return;
    if (who == occupant::stale && unlink) {
        if (::unlink(path.c_str()) == 0 || errno == ENOENT) return;
        throw_errno(errno, {.input = path, .reason = "the stale socket that is there cannot be removed"});
    }
    char const* const reason = who == occupant::live    ? "another server listens there"
                               : who == occupant::stale ? "a socket is there on which nobody listens"
                                                        : "a file is there that is no socket";
    char const* const mend = who == occupant::live    ? "stop it, or choose another name"
                             : who == occupant::stale ? "remove it, or listen with unlink"
                                                      : "remove it, or choose another name";
    throw_errno(EADDRINUSE, {.input = path, .reason = reason, .mend = mend});
}

std::optional<credentials> credentials_of(int socket) noexcept {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
    return credentials{who.pid, who.uid, who.gid};
}

bool is_lack_of_room(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}
/// Of one that came and went, or of its network: accept(2) names them.
bool concerns_one_arrival(int error) noexcept {
    switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPERM:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case ENETUNREACH: return true;
    default: return false;
    }
}

address tcp_place(sockaddr_storage const& name) {
    if (name.ss_family == AF_INET6) {
        auto const& v6 = reinterpret_cast<sockaddr_in6 const&>(name);
        asio::ip::address_v6::bytes_type bytes;
        std::copy_n(v6.sin6_addr.s6_addr, bytes.size(), bytes.begin());
        return address::tcp(asio::ip::address_v6(bytes, v6.sin6_scope_id).to_string(), ntohs(v6.sin6_port));
    }
    auto const& v4 = reinterpret_cast<sockaddr_in const&>(name);
    return address::tcp(asio::ip::address_v4(ntohl(v4.sin_addr.s_addr)).to_string(), ntohs(v4.sin_port));
}

} // namespace

struct listener::state {
    state(address place, listen_options const& asked) : where(std::move(place)), options(asked) {}
    ~state() { close(); }

    void close() noexcept {
        file.remove();
        if (watched) {
            boost::system::error_code ignored;
            watched->cancel(ignored);
            watched->release();
            watched.reset();
        }
        socket.reset();
    }

    address where;
    listen_options options;
    unique_fd socket;
    socket_file file;
    std::optional<asio::posix::stream_descriptor> watched; ///< owns the registration, not the descriptor
    unsigned at_once = 0;

    std::optional<arrival> take();
    static asio::awaitable<arrival> next(std::shared_ptr<state>);
};

/// One that waits; none where nobody does. Throws failure.
std::optional<arrival> listener::state::take() {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    unique_fd came(::accept4(socket.get(), reinterpret_cast<sockaddr*>(&name), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!came) return std::nullopt;
    if (where.what() == address::kind::unix_path) {
        auto const who = credentials_of(came.get());
        return arrival{.bytes = stream(std::move(came)), .from = where, .who = who};
    }
    prepare_tcp(came.get(), options.keepalive);
    return arrival{.bytes = stream(std::move(came)), .from = tcp_place(name)};
}

listener::listener(std::shared_ptr<state> made) noexcept : state_(std::move(made)) {}
listener::listener(listener&&) noexcept = default;
listener& listener::operator=(listener&& other) noexcept {
    if (state_ && state_ != other.state_) state_->close();
    state_ = std::move(other.state_);
    return *this;
}
listener::~listener() {
    if (state_) state_->close();
}

address const& listener::where() const noexcept { return state_->where; }
void listener::close() noexcept { state_->close(); }

asio::awaitable<arrival> listener::accept() { return state::next(state_); }

asio::awaitable<arrival> listener::state::next(std::shared_ptr<state> mine) {
    auto const loop = co_await asio::this_coro::executor;
    auto& me = *mine;
    if (++me.at_once > arrivals_before_a_turn) {
        me.at_once = 0;
        co_await asio::post(loop, asio::use_awaitable);
    }
    for (;;) {
        if (!me.socket) throw boost::system::system_error(asio::error::operation_aborted);
        auto came = me.take();
        if (came) co_return std::move(*came);
        int const fault = errno;
        if (fault == EAGAIN || fault == EWOULDBLOCK) {
            me.at_once = 0;
            if (!me.watched) me.watched.emplace(loop, me.socket.get());
            co_await me.watched->async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        } else if (is_lack_of_room(fault)) { // those who wait in the queue go on waiting
            asio::steady_timer later(loop, std::chrono::milliseconds(50));
            co_await later.async_wait(asio::use_awaitable);
        } else if (!concerns_one_arrival(fault)) {
            throw_errno(fault, {.input = me.where.text()});
        }
    }
}

asio::awaitable<listener> listen(address where, listen_options options) {
    auto made = std::make_shared<listener::state>(where, options);
    switch (where.what()) {
    case address::kind::udp:
        throw failure(errc::invalid_argument, {.input = where.text(), .reason = "UDP has no streams"});
    case address::kind::unix_path: {
        static_cast<void>(address_of_path(where.path()));
        auto const lock = co_await lock_directory_of(where.path());
        make_way(where.path(), options.unlink);
        made->socket = unique_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!made->socket) throw_errno(errno, {.input = where.text()});
        listen_at_path(made->socket.get(), where.path(), options.mode, options.backlog, made->file);
        break;
    }
    case address::kind::tcp: {
        auto const hosts = co_await resolve(where.host(), ip_family::any);
        asio::ip::tcp::endpoint const end(hosts.front(), where.port());
        asio::ip::tcp::socket opened(co_await asio::this_coro::executor, end.protocol());
        opened.set_option(asio::ip::tcp::socket::reuse_address(true));
        boost::system::error_code fault;
        opened.bind(end, fault);
        if (fault) throw failure(fault, {.input = where.text()});
        made->where = tcp_address_of(opened.local_endpoint());
        opened.non_blocking(true);
        made->socket = unique_fd(opened.release());
        if (::listen(made->socket.get(), options.backlog) != 0) throw_errno(errno, {.input = where.text()});
        break;
    }
    }
    co_return listener(std::move(made));
}

} // namespace parlance
