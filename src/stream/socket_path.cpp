#include "stream/socket_path.hpp"

#include <parlance/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace parlance {
namespace {

bool has_no_file(std::string const& path) noexcept { return path.front() == '\0'; }

unique_fd new_unix_socket(std::string const& path) {
    unique_fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made) throw_errno(errno, {.input = path});
    return made;
}

} // namespace

path_address address_of_path(std::string const& path) {
    if (path.empty()) throw failure(errc::invalid_argument, {.input = "a socket's path", .reason = "it is empty"});
    bool const no_file = has_no_file(path);
    if (path.size() > longest_path_bytes)
        throw failure(errc::invalid_argument,
                      {.input = path,
                       .reason = "a socket's path has at most " + std::to_string(longest_path_bytes) +
                                 " bytes, and this has " + std::to_string(path.size()),
                       .mend = "choose a shorter name or directory"});
    if (!no_file && path.find('\0') != path.npos)
        throw failure(errc::invalid_argument, {.input = "a socket's path", .reason = "it has a zero byte"});
    path_address out{};
    out.name.sun_family = AF_UNIX;
    std::memcpy(out.name.sun_path, path.data(), path.size());
    out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (no_file ? 0 : 1));
    return out;
}

occupant who_is_at(std::string const& path) {
    auto const where = address_of_path(path);
    if (has_no_file(path)) return occupant::nobody; // to bind it tells
    struct stat about{};
    if (::lstat(path.c_str(), &about) != 0) {
        if (errno == ENOENT) return occupant::nobody;
        throw_errno(errno, {.input = path});
    }
    if (!S_ISSOCK(about.st_mode)) return occupant::other_file;
    auto const visitor = new_unix_socket(path);
    if (::connect(visitor.get(), reinterpret_cast<sockaddr const*>(&where.name), where.size) == 0)
        return occupant::live;
    switch (errno) {
    case ECONNREFUSED: return occupant::stale;
    case ENOENT: return occupant::nobody; // gone meanwhile
    case EACCES:                          // somebody else's, who does not let us in: not ours to judge
    case EPERM:
    case EAGAIN: // its queue is full
    default: return occupant::live;
    }
}

socket_file::socket_file(std::string path) : path_(std::move(path)) {
    if (has_no_file(path_) || ::lstat(path_.c_str(), &made_) != 0) path_.clear();
}

socket_file& socket_file::operator=(socket_file&& other) noexcept {
    if (this == &other) return *this;
    remove();
    path_ = std::exchange(other.path_, {});
    made_ = other.made_;
    return *this;
}

void socket_file::remove() noexcept {
    if (path_.empty()) return;
    struct stat now{};
    // node-ipc removes the file of whoever took its place; between this look and the next line nobody of ours comes,
    // since a live path is never taken
    if (::lstat(path_.c_str(), &now) == 0 && now.st_ino == made_.st_ino && now.st_dev == made_.st_dev)
        ::unlink(path_.c_str());
    path_.clear();
}

directory_lock try_lock_directory_of(std::string const& path) {
    if (has_no_file(path)) return directory_lock();
    auto const slash = path.rfind('/');
    auto const directory = slash == path.npos ? std::string(".") : path.substr(0, slash + 1);
    unique_fd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return directory_lock();
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) return {.held = std::move(folder)};
    return {.held = unique_fd(), .may_come = errno == EWOULDBLOCK};
}

void listen_at_path(int socket, std::string const& path, mode_t mode, int backlog, socket_file& bound) {
    auto const where = address_of_path(path);
    // The file gets the mode that the unbound socket has, less the umask; what the umask took is given back before
    // anybody can connect.
    if (::fchmod(socket, mode) != 0 || ::bind(socket, reinterpret_cast<sockaddr const*>(&where.name), where.size) != 0)
        throw_errno(errno, {.input = path});
    bound = socket_file(path);
    if (!has_no_file(path) && ::chmod(path.c_str(), mode) != 0) throw_errno(errno, {.input = path});
    if (::listen(socket, backlog) != 0) throw_errno(errno, {.input = path});
}

} // namespace parlance
