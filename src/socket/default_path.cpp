#include "socket/default_path.hpp"

#include <parlance/error.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace parlance {

std::string default_path(std::string_view socket_root, std::string_view appspace, std::string_view id) {
    return std::string(socket_root).append(appspace).append(id);
}

std::string private_path(std::string_view appspace, std::string_view id) {
    char const* const runtime = std::getenv("XDG_RUNTIME_DIR");
    if (!runtime || *runtime != '/')
        throw failure(errc::invalid_argument, {.input = "XDG_RUNTIME_DIR",
                                               .reason = "it names no directory, which a private socket needs",
                                               .mend = "set it, or give the socket a path"});
    auto const folder = std::string(runtime) + "/parlance/";
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) throw_errno(errno, {.input = folder});
    struct stat about{};
    if (::lstat(folder.substr(0, folder.size() - 1).c_str(), &about) != 0) throw_errno(errno, {.input = folder});
    if (!S_ISDIR(about.st_mode) || about.st_uid != ::geteuid() || (about.st_mode & 0077) != 0)
        throw failure(
            errc::invalid_argument,
            {.input = folder, .reason = "it is not a directory of ours alone", .mend = "chmod 0700 it, or remove it"});
    return default_path(folder, appspace, id);
}

} // namespace parlance
