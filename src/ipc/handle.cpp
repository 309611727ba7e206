#include "ipc/handle_facts.hpp"

#include <parlance/ipc.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

namespace parlance {
namespace {

using handle_kind = ipc_handle::kind;

/// What a kind is called in an envelope, in the order of `kind`.
constexpr std::array<std::string_view, 6> type_names{"",           "net.Server",   "net.Socket",
                                                     "net.Native", "dgram.Socket", "dgram.Native"};

bool is_datagram(handle_kind what) noexcept {
    return what == handle_kind::datagram || what == handle_kind::native_datagram;
}

/// Node reads from it at once, and the error that a socket without a peer gives is uncaught. One that had a peer may
/// go: a client that leaves between our accept and Node's read is a thing that Node's programs know.
std::string_view why_no_connection(descriptor_facts const& is) noexcept {
    if (is.is_connected || is.was_connected) return "";
    return is.listens ? "listens: it is a server" : is.is_connecting ? "is not connected yet" : "is not connected";
}

/// Node listens on it, again if need be, and dies where that fails.
std::string_view why_no_server(descriptor_facts const& is) noexcept {
    if (is.listens) return "";
    if (is.is_connected || is.was_connected) return "is connected: it is no server";
    if (is.is_connecting) return "is being connected: it is no server";
    return is.family == AF_UNIX && !is.has_name ? "is bound to no path: nobody could connect to it" : "";
}

/// Why Node could not take it; empty where it can.
std::string_view why_not(handle_kind what, descriptor_facts const& is) noexcept {
    auto const internet = is.family == AF_INET || is.family == AF_INET6;
    if (is_datagram(what)) return internet && is.type == SOCK_DGRAM ? "" : "is no UDP socket";
    if (what == handle_kind::native && is.is_fifo) return "";
    if ((!internet && is.family != AF_UNIX) || is.type != SOCK_STREAM) return "is no TCP or Unix stream socket";
    if (what == handle_kind::socket) return why_no_connection(is);
    if (what == handle_kind::server) return why_no_server(is);
    return "";
}

failure_details no_descriptor(int fd) {
    return {.input = "descriptor " + std::to_string(fd), .reason = {}, .mend = "give one that is open"};
}

} // namespace

descriptor_facts facts_of(int fd) {
    struct stat about{};
    if (::fstat(fd, &about) != 0) throw_errno(errno, no_descriptor(fd));
    descriptor_facts is{.is_fifo = S_ISFIFO(about.st_mode)};
    if (!S_ISSOCK(about.st_mode)) return is;
    auto const ask = [fd](int what) {
        int answer = -1;
        socklen_t size = sizeof answer;
        return ::getsockopt(fd, SOL_SOCKET, what, &answer, &size) == 0 ? answer : -1;
    };
    is.family = ask(SO_DOMAIN);
    is.type = ask(SO_TYPE);
    is.listens = ask(SO_ACCEPTCONN) == 1;
    sockaddr_storage name;
    socklen_t size = sizeof name;
    is.is_connected = ::getpeername(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0;
    size = sizeof name;
    is.has_name = ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 && size > sizeof name.ss_family;
    // Not SO_ERROR, nor a look at what there is to read: they would take the error that is the reader's.
    pollfd state{fd, POLLRDHUP, 0};
    ::poll(&state, 1, 0);
    is.was_connected = (state.revents & POLLRDHUP) != 0;
    is.is_connecting = !is.listens && !is.is_connected && (state.revents & POLLHUP) == 0; // idle ones hang up
    return is;
}

std::string_view type_name_of(handle_kind what) noexcept { return type_names[static_cast<std::size_t>(what)]; }

handle_kind kind_of_type(std::string_view name) noexcept {
    for (std::size_t i = 1; i < type_names.size(); ++i)
        if (type_names[i] == name) return static_cast<handle_kind>(i);
    return handle_kind::native;
}

void check_handle(ipc_handle const& handle) {
    auto const none = handle.what() == handle_kind::none;
    auto const why = none ? "is given without what it is" : why_not(handle.what(), facts_of(handle.native()));
    if (why.empty()) return;
    throw failure(errc::invalid_argument, {.input = "descriptor " + std::to_string(handle.native()) + " as a " +
                                                    std::string(none ? "handle" : type_name_of(handle.what())),
                                           .reason = std::string(why),
                                           .mend = "Node's channel carries TCP, Unix stream and UDP sockets, and "
                                                   "FIFOs as net.Native"});
}

ipc_handle::ipc_handle(kind what, unique_fd descriptor) : kind_(what), descriptor_(std::move(descriptor)) {
    if (!descriptor_ && kind_ == kind::none) return;
    check_handle(*this);
    // It goes as it is, and Node would wait in the write of one that blocks.
    auto const flags = ::fcntl(descriptor_.get(), F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) ::fcntl(descriptor_.get(), F_SETFL, flags | O_NONBLOCK);
}

ipc_handle ipc_handle::received(kind what, unique_fd descriptor) noexcept {
    ipc_handle came;
    came.kind_ = what;
    came.descriptor_ = std::move(descriptor);
    return came;
}

unique_fd ipc_handle::copy_of(int fd) {
    unique_fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw_errno(errno, no_descriptor(fd));
    return copy;
}

int ipc_handle::family() const { return facts_of(descriptor_.get()).family; }

void ipc_handle::check_is(int family, int type) const {
    auto const is = facts_of(descriptor_.get());
    if (is.family == family && is.type == type) return;
    throw failure(errc::invalid_argument, {.input = "a handle that came as a " + std::string(type_name_of(kind_)),
                                           .reason = is.family == AF_UNIX     ? "it is a Unix socket"
                                                     : is.type == SOCK_DGRAM  ? "it is a UDP socket"
                                                     : is.type == SOCK_STREAM ? "it is a TCP socket"
                                                                              : "it is no socket",
                                           .mend = "ask for the socket type that it is"});
}

} // namespace parlance
