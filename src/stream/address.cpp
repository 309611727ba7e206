#include <parlance/address.hpp>

#include <charconv>

namespace parlance {

std::string address::text() const {
    if (kind_ == kind::unix_path) return place_.starts_with('\0') ? '@' + place_.substr(1) : place_;
    auto const host = place_.find(':') == place_.npos ? place_ : '[' + place_ + ']';
    return host + ':' + std::to_string(port_);
}

std::optional<host_and_port> parse_host_and_port(std::string_view text) {
    auto const colon = text.rfind(':');
    auto host = colon == text.npos ? std::string_view() : text.substr(0, colon);
    auto const digits = colon == text.npos ? text : text.substr(colon + 1);
    std::uint16_t port = 0;
    auto const [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']') && host.size() > 2)
        host = host.substr(1, host.size() - 2);
    else if (host.find_first_of(":[]") != host.npos) // a bare "::1" could mean two things
        return std::nullopt;
    return host_and_port{std::string(host.empty() ? "127.0.0.1" : host), port};
}

} // namespace parlance
