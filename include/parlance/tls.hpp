#pragma once
/// TLS 1.2 and 1.3 over any stream, verified unless said otherwise.
///
///     auto bytes = co_await dial(address::tcp("example.org", 443));
///     stream talk = co_await tls_connect(std::move(bytes), tls_context::for_client(), "example.org");

#include <parlance/asio.hpp>
#include <parlance/stream.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace parlance {

/// Whose word is believed, and what we show of ourselves: files in PEM. Views are copied.
struct tls_options {
    std::string_view certificate{}; ///< ours, with what leads to its issuer behind it; a server needs one
    std::string_view key{};         ///< of it
    /// Whom we trust. A client: whom the system trusts where there is none. A server that is given one demands a
    /// certificate of each client: mutual TLS.
    std::string_view ca{};
    std::string_view server_name{}; ///< a client: whom the certificate must name; else the host that was dialled
    bool verify = true; ///< a client: false believes any server. For tests with throw-away certificates only
    std::chrono::milliseconds patience = std::chrono::seconds(10); ///< for a handshake of a socket's
};

/// One side's certificates and whom it trusts, for any number of connections. A handle, cheap to copy.
class tls_context {
public:
    /// Throws failure: errc::invalid_argument, with the file and what is wrong with it.
    static tls_context for_server(tls_options options);
    static tls_context for_client(tls_options options = {});

    /// Reads the files again; connections that begin from now on use them. Where one of them cannot be used it throws
    /// as above, and nothing has changed.
    void reload();

private:
    friend asio::awaitable<stream> tls_connect(stream, tls_context, std::string);
    friend asio::awaitable<stream> tls_accept(stream, tls_context);
    struct state;
    explicit tls_context(std::shared_ptr<state>) noexcept;
    std::shared_ptr<state> state_;
};

/// The handshake as a client: the server's certificate must be good for `host`, a name or an IP address, or for the
/// context's `server_name`.
/// Throws failure: errc::tls_failed, with OpenSSL's reason ("certificate has expired"); errc::peer_closed.
/// An end without TLS's own goodbye is an end, as in Node: what a framing tells of a cut message still counts.
asio::awaitable<stream> tls_connect(stream over, tls_context with, std::string host);
/// The handshake as a server. Throws the same.
asio::awaitable<stream> tls_accept(stream over, tls_context with);

} // namespace parlance
