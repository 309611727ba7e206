#pragma once
/// The sockets that workers listen on: opened as Node opens them.

#include "cluster/primary_message.hpp"

#include <parlance/fd.hpp>

#include <optional>
#include <string>

namespace parlance {

/// A path that is removed at the end, where it is that of a socket of ours.
class socket_path {
public:
    socket_path() noexcept = default;
    explicit socket_path(std::string path) noexcept : path_(std::move(path)) {}
    socket_path(socket_path&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    socket_path& operator=(socket_path other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~socket_path();

private:
    std::string path_;
};

struct opened_socket {
    unique_fd socket{};
    int fault = 0;                     ///< the errno; then there is no socket
    socket_path path{};                ///< of a Unix socket
    std::optional<socket_name> here{}; ///< of an internet socket
};

/// Bound; and listening where connections are accepted here.
opened_socket open_socket(listen_query const& query, bool listens);

bool is_datagram(listen_query const& query) noexcept;

} // namespace parlance
