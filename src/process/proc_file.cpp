#include "process/proc_file.hpp"

#include <parlance/fd.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace parlance {

std::optional<std::string> kernel_file(std::string const& path) {
    unique_fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
    std::string whole;
    std::array<char, 4096> chunk; // NOLINT(cppcoreguidelines-pro-type-member-init): written before it is read
    for (;;) {
        ssize_t const got = ::read(file.get(), chunk.data(), chunk.size());
        if (got == 0) return whole;
        if (got > 0)
            whole.append(chunk.data(), static_cast<std::size_t>(got));
        else if (errno != EINTR)
            return std::nullopt; // ESRCH: it ended meanwhile
    }
}

std::optional<std::string> proc_file(pid_t pid, char const* name) {
    return kernel_file("/proc/" + std::to_string(pid) + '/' + name);
}

} // namespace parlance
