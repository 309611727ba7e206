#include "stream/keepalive.hpp"
#include "stream/socket_path.hpp"
#include "stream/tcp.hpp"

#include <parlance/dial.hpp>
#include <parlance/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <cerrno>

namespace parlance {
namespace {

/// What dial_options say, owned.
struct dial_plan {
    std::chrono::milliseconds timeout, keepalive;
    std::string local_host;
    std::uint16_t local_port;
    ip_family family;
};

/// A Unix socket connects at once, or the listener's queue is full, for which there is nothing to wait but time.
asio::awaitable<stream> dial_path(std::string path) {
    auto const where = address_of_path(path);
    asio::steady_timer again(co_await asio::this_coro::executor);
    for (auto pause = std::chrono::milliseconds(1);; pause = std::min(2 * pause, std::chrono::milliseconds(50))) {
        unique_fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!made) throw_errno(errno, {.input = path});
        if (::connect(made.get(), reinterpret_cast<sockaddr const*>(&where.name), where.size) == 0)
            co_return stream(std::move(made));
        if (errno != EAGAIN && errno != EINTR) throw_errno(errno, {.input = address::unix_path(path).text()});
        again.expires_after(pause);
        co_await again.async_wait(asio::use_awaitable);
    }
}

void bind_local(asio::ip::tcp::socket& socket, dial_plan const& plan, bool v6, std::string const& input) {
    if (plan.local_host.empty() && plan.local_port == 0) return;
    boost::system::error_code fault;
    asio::ip::address host = v6 ? asio::ip::address(asio::ip::address_v6::any()) : asio::ip::address_v4::any();
    if (!plan.local_host.empty()) host = asio::ip::make_address(plan.local_host, fault);
    if (fault)
        throw failure(errc::invalid_argument, {.input = plan.local_host,
                                               .reason = "to connect from there it must be "
                                                         "an IP address"});
    socket.set_option(asio::ip::tcp::socket::reuse_address(true), fault);
    socket.bind({host, plan.local_port}, fault);
    if (fault)
        throw failure(fault,
                      {.input = input, .reason = "cannot connect from " + host.to_string() + ": " + fault.message()});
}

asio::awaitable<stream> dial_tcp(address where, dial_plan const& plan) {
    auto const hosts = co_await resolve(where.host(), plan.family);
    boost::system::error_code fault;
    for (auto const& host : hosts) {
        asio::ip::tcp::endpoint const end(host, where.port());
        asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
        socket.open(end.protocol(), fault);
        if (fault) continue;
        bind_local(socket, plan, host.is_v6(), where.text());
        std::tie(fault) = co_await socket.async_connect(end, asio::as_tuple(asio::use_awaitable));
        if (fault == asio::error::operation_aborted) throw boost::system::system_error(fault);
        if (fault) continue;
        prepare_tcp(socket.native_handle(), plan.keepalive);
        co_return stream(unique_fd(socket.release()));
    }
    throw failure(fault, {.input = where.text()});
}

asio::awaitable<stream> dial_once(address where, dial_plan const& plan) {
    if (where.what() == address::kind::udp)
        throw failure(errc::invalid_argument, {.input = where.text(), .reason = "UDP has no streams"});
    return where.what() == address::kind::tcp ? dial_tcp(std::move(where), plan) : dial_path(where.path());
}

/// Neither throws, so that the first that is ready ends the other.
asio::awaitable<stream> dial_in_time(address where, dial_plan plan) {
    if (plan.timeout.count() == 0) co_return co_await dial_once(std::move(where), plan);
    using namespace asio::experimental::awaitable_operators;
    auto const text = where.text();
    asio::steady_timer timer(co_await asio::this_coro::executor, plan.timeout);
    auto first = co_await (as_result(dial_once(std::move(where), plan)) ||
                           timer.async_wait(asio::as_tuple(asio::use_awaitable)));
    if (first.index() == 1) throw failure(errc::timed_out, {.input = text, .reason = "nobody answered in time"});
    co_return std::move(std::get<0>(first)).value();
}

} // namespace

asio::awaitable<stream> dial(address where, dial_options options) {
    return dial_in_time(std::move(where), {.timeout = options.timeout,
                                           .keepalive = options.keepalive,
                                           .local_host = std::string(options.local_host),
                                           .local_port = options.local_port,
                                           .family = options.family});
}

} // namespace parlance
