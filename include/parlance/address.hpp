#pragma once
/// Where a socket is: a path of this machine, or a host and a port.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// A place to listen at, or to dial.
class address {
public:
    enum class kind { unix_path, tcp, udp };

    /// A Unix stream socket. Nothing is checked before it is used.
    static address unix_path(std::string path) { return {kind::unix_path, std::move(path), 0}; }
    /// `host` is a name or a number ("127.0.0.1", "::1"); port 0, to listen, is one that the system chooses.
    static address tcp(std::string host, std::uint16_t port) { return {kind::tcp, std::move(host), port}; }
    static address udp(std::string host, std::uint16_t port) { return {kind::udp, std::move(host), port}; }

    kind what() const noexcept { return kind_; }
    std::string const& path() const noexcept { return place_; } ///< of unix_path
    std::string const& host() const noexcept { return place_; } ///< of tcp and udp
    std::uint16_t port() const noexcept { return port_; }
    /// "/tmp/app.world", "127.0.0.1:8000", "[::1]:8000"
    std::string text() const;

    bool operator==(address const&) const = default;

private:
    address(kind what, std::string place, std::uint16_t port) : kind_(what), place_(std::move(place)), port_(port) {}

    kind kind_;
    std::string place_;
    std::uint16_t port_;
};

/// "HOST:PORT", "[::1]:8000", ":8000" (127.0.0.1) or "8000"; none where it is no such thing.
struct host_and_port {
    std::string host;
    std::uint16_t port;
    bool operator==(host_and_port const&) const = default;
};
std::optional<host_and_port> parse_host_and_port(std::string_view text);

} // namespace parlance
