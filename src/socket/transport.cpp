#include "socket/transport.hpp"

namespace parlance {

asio::awaitable<stream> open_transport(transport_settings const& how) {
    return dial(how.place, {.timeout = how.timeout,
                            .local_host = how.local_host,
                            .local_port = how.local_port,
                            .family = how.family,
                            .keepalive = how.keepalive});
}

asio::awaitable<stream> welcome_transport(stream came) { co_return came; }

} // namespace parlance
