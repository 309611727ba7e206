#include "cluster/open_socket.hpp"

#include <parlance/ipc.hpp>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>

namespace parlance {
namespace {

using address_kind = listen_address::kind;

struct any_address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
    sockaddr const* get() const noexcept { return reinterpret_cast<sockaddr const*>(&bytes); }
    int family() const noexcept { return bytes.ss_family; }
};

opened_socket no_socket(int number) {
    opened_socket none;
    none.fault = number;
    return none;
}

/// None where it is no address: a worker asks for names itself.
std::optional<any_address> parse_address(std::string const& text, int port) {
    addrinfo how{};
    how.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    how.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(text.c_str(), std::to_string(port).c_str(), &how, &found) != 0) return std::nullopt;
    any_address at;
    std::memcpy(&at.bytes, found->ai_addr, found->ai_addrlen);
    at.size = found->ai_addrlen;
    ::freeaddrinfo(found);
    return at;
}

std::optional<socket_name> name_of_socket(int fd) {
    any_address at;
    at.size = sizeof at.bytes;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&at.bytes), &at.size) != 0) return std::nullopt;
    if (at.family() != AF_INET && at.family() != AF_INET6) return std::nullopt;
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    if (::getnameinfo(at.get(), at.size, host.data(), host.size(), service.data(), service.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return std::nullopt;
    return socket_name{host.data(), at.family() == AF_INET6, std::stoi(service.data())};
}

unique_fd new_socket(int family, int type) {
    return unique_fd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

bool set_flag(unique_fd const& socket, int level, int name, bool on) {
    int const value = on ? 1 : 0;
    return ::setsockopt(socket.get(), level, name, &value, sizeof value) == 0;
}

opened_socket open_internet(listen_query const& query, std::string const& address, bool listens) {
    auto const at = parse_address(address, query.at.port);
    if (!at) return no_socket(EINVAL);
    bool const datagram = is_datagram(query);
    opened_socket it;
    it.socket = new_socket(at->family(), datagram ? SOCK_DGRAM : SOCK_STREAM);
    bool const reuses = !datagram || (query.flags & listen_reuse_address) != 0;
    bool const only_v6 = (query.flags & listen_ipv6_only) != 0;
    if (!it.socket || (reuses && !set_flag(it.socket, SOL_SOCKET, SO_REUSEADDR, true)) ||
        (at->family() == AF_INET6 && !set_flag(it.socket, IPPROTO_IPV6, IPV6_V6ONLY, only_v6)) ||
        ::bind(it.socket.get(), at->get(), at->size) != 0 || (listens && ::listen(it.socket.get(), query.backlog) != 0))
        return no_socket(errno);
    it.here = name_of_socket(it.socket.get());
    return it;
}

/// Any address: that of both families, unless the machine has but one.
opened_socket open_any(listen_query const& query, bool listens) {
    bool const only_v4 = query.at.how == address_kind::udp4;
    if (only_v4) return open_internet(query, "0.0.0.0", listens);
    auto it = open_internet(query, "::", listens);
    if (it.fault == 0 || it.fault == EADDRINUSE || it.fault == EACCES || query.at.how == address_kind::udp6) return it;
    return open_internet(query, "0.0.0.0", listens);
}

/// As short as it can be said: a socket's path has room for 107 bytes.
std::string shortest(std::string const& path) {
    std::error_code ignored;
    if (path.front() != '/' || path.size() < sizeof(sockaddr_un::sun_path)) return path;
    auto const relative = std::filesystem::relative(path, ignored).string();
    return !relative.empty() && relative.size() < path.size() ? relative : path;
}

opened_socket open_path(listen_query const& query, bool listens) {
    bool const is_abstract = query.at.address.front() == '\0';
    auto const path = shortest(query.at.address);
    sockaddr_un at{};
    if (path.size() >= sizeof at.sun_path) return no_socket(ENAMETOOLONG);
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, path.data(), path.size());
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1));
    opened_socket it;
    it.socket = new_socket(AF_UNIX, SOCK_STREAM);
    if (!it.socket) return no_socket(errno);
    if (::bind(it.socket.get(), reinterpret_cast<sockaddr const*>(&at), size) != 0)
        return no_socket(errno == ENOENT ? EACCES : errno); // as libuv has it: programs look for EACCES
    if (!is_abstract) it.path = socket_path(std::filesystem::absolute(path));
    if (!is_abstract && (query.readable_all || query.writable_all)) {
        struct stat about{};
        auto const more = (query.readable_all ? S_IRUSR | S_IRGRP | S_IROTH : 0) |
                          (query.writable_all ? S_IWUSR | S_IWGRP | S_IWOTH : 0);
        if (::stat(path.c_str(), &about) != 0 ||
            ::chmod(path.c_str(), (about.st_mode & 07777U) | static_cast<mode_t>(more)) != 0)
            return no_socket(errno);
    }
    if (listens && ::listen(it.socket.get(), query.backlog) != 0) return no_socket(errno);
    return it;
}

/// One that this program has open already.
opened_socket open_descriptor(listen_query const& query, bool listens) {
    opened_socket it;
    try {
        it.socket = ipc_handle::copy_of(query.fd);
        static_cast<void>(ipc_handle(ipc_handle::kind::native, ipc_handle::copy_of(query.fd)));
    } catch (failure const& fault) {
        return no_socket(fault.code() == errc::invalid_argument ? EINVAL : fault.code().value());
    }
    if (listens && ::listen(it.socket.get(), query.backlog) != 0) return no_socket(errno);
    it.here = name_of_socket(it.socket.get());
    return it;
}

} // namespace

socket_path::~socket_path() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

bool is_datagram(listen_query const& query) noexcept {
    return query.at.how == address_kind::udp4 || query.at.how == address_kind::udp6;
}

opened_socket open_socket(listen_query const& query, bool listens) {
    if (!query.is_sane) return no_socket(EINVAL);
    switch (query.at.how) {
    case address_kind::path: return open_path(query, listens);
    case address_kind::descriptor: return open_descriptor(query, listens);
    default: break;
    }
    if (query.at.address.empty()) return open_any(query, listens);
    return open_internet(query, query.at.address, listens);
}

} // namespace parlance
