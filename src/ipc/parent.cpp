#include "ipc/parent_socket.hpp"

#include "ipc/handle_facts.hpp"

#include <fcntl.h>

#include <charconv>
#include <cstdlib>

namespace parlance {
namespace {

[[noreturn]] void refuse(char const* name, std::string_view value, std::string reason) {
    throw failure(errc::invalid_argument, {.input = std::string(name) + "=" + std::string(value),
                                           .reason = std::move(reason),
                                           .mend = "it is set by whoever forks this program, for it alone"});
}

int channel_number(std::string const& text) {
    int number = -1;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < 0)
        refuse(channel_fd_name, text, "is no number of a descriptor");
    if (::fcntl(number, F_GETFD) == -1) refuse(channel_fd_name, text, "is not open");
    auto const is = facts_of(number);
    if (is.family != AF_UNIX || is.type != SOCK_STREAM) refuse(channel_fd_name, text, "is no Unix stream socket");
    return number;
}

serialization channel_mode(std::string const& text) {
    if (text == "advanced") return serialization::advanced;
    if (text.empty() || text == "json") return serialization::json;
    refuse(channel_mode_name, text, "is neither json nor advanced");
}

} // namespace

void name_channel(int descriptor, serialization how, std::vector<std::string>& environment) {
    environment.push_back(std::string(channel_fd_name) + '=' + std::to_string(descriptor));
    environment.push_back(std::string(channel_mode_name) + '=' + std::string(name_of(how)));
}

std::optional<parent_socket> take_parent_socket() {
    auto const* const fd = std::getenv(channel_fd_name);
    if (fd == nullptr || *fd == '\0') return std::nullopt;
    auto const* const mode = std::getenv(channel_mode_name);
    std::string const number_text(fd), mode_text(mode != nullptr ? mode : "");
    ::unsetenv(channel_fd_name);
    ::unsetenv(channel_mode_name);
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
