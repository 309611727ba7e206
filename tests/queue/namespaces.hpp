#pragma once
/// Children in a user and mount namespace of their own, where they may mount what they like.

#include "queue/scratch.hpp"

#include <sched.h>
#include <sys/mount.h>

#include <fstream>

namespace parlance::testing {

/// The status of a child whose system allows no mounts in a user namespace.
inline constexpr int no_namespaces = 77;

template <class Work> child_process in_namespaces(Work work) {
    return child_process([work] {
        auto const uid = ::getuid(), gid = ::getgid();
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return no_namespaces;
        std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
        std::ofstream("/proc/self/setgroups") << "deny";
        std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
        if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return no_namespaces;
        return work();
    });
}

/// On a tmpfs of so many bytes: `work` is given the path of a store in it.
template <class Work> child_process on_a_small_disk(scratch_folder const& folder, char const* size, Work work) {
    std::filesystem::create_directory(folder.path("disk"));
    return in_namespaces([&folder, size, work] {
        auto const options = std::string("size=") + size;
        if (::mount("tmpfs", folder.path("disk").c_str(), "tmpfs", 0, options.c_str()) != 0) return no_namespaces;
        return work(folder.path("disk/store"));
    });
}

} // namespace parlance::testing

#define PARLANCE_EXPECT_DONE(child)                                                                                    \
    if (auto const status = (child).wait(); status == no_namespaces)                                                   \
        GTEST_SKIP() << "this system allows no mounts in a user namespace (unshare -Urm)";                             \
    else                                                                                                               \
        EXPECT_EQ(status, 0)
