#include "cli/tap_handle.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace parlance::cli {
namespace {

int option_of(int fd, int name) noexcept {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

std::string internet(void const* address, int family, in_port_t port) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, address, text.data(), text.size());
    auto const host = std::string(text.data());
    return (family == AF_INET6 ? "[" + host + "]" : host) + ":" + std::to_string(ntohs(port));
}

/// Empty where it has none.
std::string address_of(int fd, int (*ask)(int, sockaddr*, socklen_t*)) {
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
        sockaddr_un local;
        sockaddr_storage room;
    } at{};
    socklen_t size = sizeof at;
    if (ask(fd, &at.any, &size) != 0) return {};
    if (at.any.sa_family == AF_INET) return internet(&at.v4.sin_addr, AF_INET, at.v4.sin_port);
    if (at.any.sa_family == AF_INET6) return internet(&at.v6.sin6_addr, AF_INET6, at.v6.sin6_port);
    if (at.any.sa_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path)) return {};
    std::string path(at.local.sun_path, size - offsetof(sockaddr_un, sun_path));
    if (path.front() == '\0') path.front() = '@'; // as ss(8) writes those that are in no directory
    return path.substr(0, path.find('\0'));
}

std::string socket_in_words(int fd) {
    auto const family = option_of(fd, SO_DOMAIN);
    auto const is_stream = option_of(fd, SO_TYPE) == SOCK_STREAM;
    std::string text = family == AF_UNIX ? "a Unix socket" : is_stream ? "TCP" : "UDP";
    if (family != AF_UNIX && family != AF_INET && family != AF_INET6) return "a socket";
    if (auto const here = address_of(fd, ::getsockname); !here.empty()) text += " " + here;
    if (option_of(fd, SO_ACCEPTCONN) == 1) return text + ", listening";
    if (auto const there = address_of(fd, ::getpeername); !there.empty()) text += " with " + there;
    return text;
}

} // namespace

std::string descriptor_in_words(int fd) {
    struct stat about{};
    if (::fstat(fd, &about) != 0) return "a descriptor";
    if (S_ISSOCK(about.st_mode)) return socket_in_words(fd);
    if (S_ISFIFO(about.st_mode)) return "a pipe";
    return S_ISREG(about.st_mode) ? "a file" : S_ISCHR(about.st_mode) ? "a device" : "a descriptor";
}

} // namespace parlance::cli
