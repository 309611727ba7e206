#pragma once
/// The file of a Unix socket: who is there, and how it becomes ours.

#include <parlance/fd.hpp>

#include <sys/stat.h>
#include <sys/un.h>

#include <optional>
#include <string>

namespace parlance {

/// What the system's sockaddr_un has room for. node-ipc's libuv cuts longer ones silently; here they are refused.
inline constexpr std::size_t longest_path_bytes = 107;

struct path_address {
    sockaddr_un name;
    socklen_t size;
};
/// Throws failure: errc::invalid_argument where it is empty or too long. One that begins with a zero byte is a name
/// without a file (Linux's abstract namespace).
path_address address_of_path(std::string const& path);

enum class occupant {
    nobody,
    stale, ///< a socket file on which nobody listens
    live,
    other_file,
};
/// Looks, and knocks where there is a socket. Throws failure with the system's code where we may do neither.
occupant who_is_at(std::string const& path);

/// Owns the file of a socket that is bound; removes it, if it is still the one that we made.
class socket_file {
public:
    socket_file() = default;
    explicit socket_file(std::string path);
    socket_file(socket_file&& other) noexcept : path_(std::exchange(other.path_, {})), made_(other.made_) {}
    socket_file& operator=(socket_file&& other) noexcept;
    ~socket_file() { remove(); }
    void remove() noexcept;

private:
    std::string path_; ///< empty: none
    struct stat made_{};
};

/// While it lives, no other parlance starts to listen in the same directory. Empty where another has it just now, or
/// where the directory cannot be locked, which `may_come` tells apart.
struct directory_lock {
    unique_fd held{};
    bool may_come = false;
};
directory_lock try_lock_directory_of(std::string const& path);

/// Binds, sets the file's mode, and listens, in this order, so that nobody can connect who should not. Throws failure.
/// `bound` has the file then.
void listen_at_path(int socket, std::string const& path, mode_t mode, int backlog, socket_file& bound);

} // namespace parlance
