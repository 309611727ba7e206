#include "cli/doctor.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>

namespace parlance::cli {
namespace {

constexpr rlim_t enough_descriptors = 1024;

finding examine_kernel() {
    utsname about{};
    ::uname(&about);
    auto const text = std::string(about.sysname) + " " + about.release;
    int major = 0, minor = 0;
    std::sscanf(about.release, "%d.%d", &major, &minor);
    if (major < 5 || (major == 5 && minor < 10))
        return {"kernel", health::broken, text, "parlance needs Linux 5.10 or later"};
    return {"kernel", health::ok, text};
}

/// Whether a call exists and is allowed: `answer` is what it gave, or -1 and errno.
finding feature(std::string name, long answer, std::string use) {
    if (answer >= 0) return {std::move(name), health::ok, std::move(use)};
    return {std::move(name), health::broken, std::string(std::strerror(errno)) + ": no " + use,
            "allow this system call (a container's seccomp filter may forbid it)"};
}

finding examine_pidfd() {
    auto const fd = ::syscall(SYS_pidfd_open, ::getpid(), 0);
    auto found = feature("pidfd", fd, "the end of a process is seen at once");
    if (fd >= 0) ::close(static_cast<int>(fd));
    return found;
}

finding examine_close_range() {
    auto const highest = std::numeric_limits<int>::max();
    return feature("close_range", ::syscall(SYS_close_range, highest, highest, 0), "no descriptor leaks into a child");
}

finding examine_memfd() {
    auto const fd = ::memfd_create("parlance-doctor", MFD_CLOEXEC);
    auto found = feature("memfd", fd, "memory that processes share");
    if (fd >= 0) ::close(fd);
    return found;
}

finding examine_proc() {
    if (::access("/proc/self/environ", R_OK) == 0)
        return {"/proc", health::ok, "what escapes from a worker's group is found"};
    return {"/proc", health::warning, "not readable: what leaves a worker's process group is not found",
            "mount -t proc proc /proc"};
}

finding examine_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    auto const text = std::to_string(limit.rlim_cur) + " open files";
    if (limit.rlim_cur < enough_descriptors) return {"descriptors", health::warning, text, "ulimit -n 4096"};
    return {"descriptors", health::ok, text};
}

} // namespace

std::vector<finding> examine_system() {
    return {examine_kernel(), examine_pidfd(), examine_close_range(),
            examine_memfd(),  examine_proc(),  examine_descriptors()};
}

} // namespace parlance::cli
