#include "ipc/parent_socket.hpp"

#include "ipc/handle_facts.hpp"
#include "stream/descriptor.hpp"

#include <fcntl.h>

#include <charconv>
#include <cstdlib>

namespace parlance {
namespace {

constexpr char const* fd_name = "NODE_CHANNEL_FD";
constexpr char const* mode_name = "NODE_CHANNEL_SERIALIZATION_MODE";

[[noreturn]] void refuse(char const* name, std::string_view value, std::string reason) {
    throw failure(errc::invalid_argument, {.input = std::string(name) + "=" + std::string(value),
                                           .reason = std::move(reason),
                                           .mend = "it is set by whoever forks this program, for it alone"});
}

int channel_number(std::string const& text) {
    int number = -1;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < 0)
        refuse(fd_name, text, "is no number of a descriptor");
    if (::fcntl(number, F_GETFD) == -1) refuse(fd_name, text, "is not open");
    auto const is = facts_of(number);
    if (is.family != AF_UNIX || is.type != SOCK_STREAM) refuse(fd_name, text, "is no Unix stream socket");
    return number;
}

serialization channel_mode(std::string const& text) {
    if (text == "advanced") return serialization::advanced;
    if (text.empty() || text == "json") return serialization::json;
    refuse(mode_name, text, "is neither json nor advanced");
}

} // namespace

std::optional<parent_socket> take_parent_socket() {
    auto const* const fd = std::getenv(fd_name);
    if (fd == nullptr || *fd == '\0') return std::nullopt;
    auto const* const mode = std::getenv(mode_name);
    std::string const number_text(fd), mode_text(mode != nullptr ? mode : "");
    ::unsetenv(fd_name);
    ::unsetenv(mode_name);
    auto const how = channel_mode(mode_text);
    parent_socket taken{unique_fd(channel_number(number_text)), how};
    ::fcntl(taken.socket.get(), F_SETFD, FD_CLOEXEC);
    return taken;
}

std::optional<ipc_channel> parent(ipc_options options) {
    auto taken = take_parent_socket();
    if (!taken) return std::nullopt;
    if (options.name == ipc_options{}.name) options.name = "the parent process";
    return ipc_channel(std::move(taken->socket), taken->how, options);
}

} // namespace parlance
