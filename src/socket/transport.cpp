#include "socket/transport.hpp"

#include "base/deadline.hpp"

#include <parlance/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parlance {

/// Neither throws, so that the first that is ready ends the other.
asio::awaitable<stream> attempt_limit::keep(std::shared_ptr<attempt_limit> me, asio::awaitable<stream> attempt,
                                            std::chrono::milliseconds time, std::string input) {
    using namespace asio::experimental::awaitable_operators;
    if (!me->ended_)
        me->timer_.expires_at(time.count() > 0 ? deadline_after(time) : std::chrono::steady_clock::time_point::max());
    auto first = co_await (as_result(std::move(attempt)) || me->timer_.async_wait(asio::as_tuple(asio::use_awaitable)));
    if (first.index() == 1) throw failure(errc::timed_out, {.input = input, .reason = "nobody answered in time"});
    auto& got = std::get<0>(first);
    if (got) co_return std::move(got).value();
    auto const& fault = got.error();
    if (fault.code() != errc::tls_failed) throw fault;
    throw failure(errc::tls_failed, {.input = input, .reason = fault.message()});
}

/// Also one that is not waited for yet finds its time over.
void attempt_limit::end() noexcept {
    ended_ = true;
    timer_.expires_at(std::chrono::steady_clock::time_point::min());
}

asio::awaitable<stream> open_transport(transport_settings const& how, std::shared_ptr<attempt_limit> limit) {
    auto dialling = dial(how.place, {.timeout = {},
                                     .local_host = how.local_host,
                                     .local_port = how.local_port,
                                     .family = how.family,
                                     .keepalive = how.keepalive});
    auto bytes = co_await attempt_limit::keep(limit, std::move(dialling), how.timeout, how.place.text());
    if (!how.tls) co_return bytes;
    auto handshake = tls_connect(std::move(bytes), *how.tls, how.place.host());
    co_return co_await attempt_limit::keep(limit, std::move(handshake), how.tls_patience, how.place.text());
}

asio::awaitable<stream> welcome_transport(transport_settings const& how, arrival came,
                                          std::shared_ptr<attempt_limit> limit) {
    if (!how.tls) co_return std::move(came.bytes);
    auto const from = came.from.text();
    auto handshake = tls_accept(std::move(came.bytes), *how.tls);
    co_return co_await attempt_limit::keep(limit, std::move(handshake), how.tls_patience, from);
}

std::optional<tls_context> tls_of(std::optional<tls_options> const& asked, address const& place, bool is_server) {
    if (!asked) return std::nullopt;
    if (place.what() != address::kind::tcp)
        throw failure(errc::invalid_argument, {.input = place.text(), .reason = "TLS is for TCP"});
    return is_server ? tls_context::for_server(*asked) : tls_context::for_client(*asked);
}

} // namespace parlance
