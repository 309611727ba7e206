#include "stream/tcp.hpp"

#include "stream/keepalive.hpp"

#include <parlance/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace parlance {
namespace {

void set_option(int socket, int level, int option, int value) noexcept {
    ::setsockopt(socket, level, option, &value, sizeof value); // refused: it is as the system has it
}

bool fits(asio::ip::address const& one, ip_family family) noexcept {
    return family == ip_family::any || one.is_v6() == (family == ip_family::v6);
}

} // namespace

void keep_alive(int socket, std::chrono::milliseconds patience) noexcept {
    if (patience.count() <= 0) return;
    auto const plan = plan_keepalive(patience);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, plan.idle);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, plan.interval);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, plan.count);
    // while bytes of ours are on their way the system does not ask, but sends them again, for a quarter of an hour
    set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, plan.found_after() * 1000);
}

void prepare_tcp(int socket, std::chrono::milliseconds keepalive) noexcept {
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    keep_alive(socket, keepalive);
}

asio::awaitable<std::vector<asio::ip::address>> resolve(std::string host, ip_family family) {
    std::vector<asio::ip::address> found;
    boost::system::error_code fault;
    if (auto const number = asio::ip::make_address(host, fault); !fault) {
        found.push_back(number); // spares Asio's thread for names
    } else {
        asio::ip::tcp::resolver names(co_await asio::this_coro::executor);
        auto const [wrong, all] = co_await names.async_resolve(host, "", asio::as_tuple(asio::use_awaitable));
        if (wrong == asio::error::operation_aborted) throw boost::system::system_error(wrong);
        if (wrong) throw failure(wrong, {.input = host});
        for (auto const& each : all) found.push_back(each.endpoint().address());
    }
    std::erase_if(found, [&](auto const& one) { return !fits(one, family); });
    if (found.empty())
        throw failure(errc::invalid_argument, {.input = host,
                                               .reason = "it has no address of IP version " +
                                                         std::string(family == ip_family::v6 ? "6" : "4")});
    co_return found;
}

address tcp_address_of(asio::ip::tcp::endpoint const& end) {
    return address::tcp(end.address().to_string(), end.port());
}

} // namespace parlance
