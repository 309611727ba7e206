// Where a store may lie, and how its directory is made.
#include "queue/lmdb_store/file_system.hpp"

#include "queue/namespaces.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace parlance::lmdb_store {
namespace {

using namespace parlance::testing;

TEST(file_systems, are_taken_where_locks_and_memory_are_this_machines_alone) {
    struct {
        char const* what;
        long type;
        char const* mount;
        bool safe;
    } const rows[] = {
        {"ext4", 0xEF53, "", true},
        {"tmpfs", 0x01021994, "", true},
        {"xfs", 0x58465342, "", true},
        {"btrfs", 0x9123683E, "", true},
        {"overlay", 0x794C7630, "", true},
        {"NFS", 0x6969, "", false},
        {"SMB", 0x517B, "", false},
        {"CIFS", 0xFF534D42, "", false},
        {"CIFS, as a signed number has it", static_cast<int>(0xFF534D42), "", false},
        {"SMB2", 0xFE534D42, "", false},
        {"9p", 0x01021997, "", false},
        {"Ceph", 0x00C36400, "", false},
        {"AFS", 0x5346414F, "", false},
        {"VirtualBox", 0x786F4256, "", false},
        {"FUSE, nobody knows whose", 0x65735546, "", false},
        {"FUSE without a subtype", 0x65735546, "fuse", false},
        {"sshfs", 0x65735546, "fuse.sshfs", false},
        {"virtiofs", 0x65735546, "virtiofs", false},
        {"NTFS on a disk", 0x65735546, "fuseblk", true},
        {"a container's overlay", 0x65735546, "fuse.fuse-overlayfs", true},
        {"an encrypted home", 0x65735546, "fuse.gocryptfs", true},
    };
    for (auto const& row : rows) EXPECT_EQ(why_unsafe(row.type, row.mount).empty(), row.safe) << row.what;
    EXPECT_NE(why_unsafe(0x65735546, "fuse.sshfs").find("fuse.sshfs"), std::string::npos);
}

TEST(file_systems, of_a_device_are_found_among_the_mounts) {
    constexpr std::string_view mounts =
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "36 22 0:44 / /home/me/far rw,nosuid shared:20 master:2 - fuse.sshfs me@far: rw,user_id=0\n"
        "cut short\n"
        "37 22 0:45 / /mnt rw - tmpfs none rw";
    EXPECT_EQ(mount_type_in(mounts, makedev(8, 1)), "ext4");
    EXPECT_EQ(mount_type_in(mounts, makedev(0, 44)), "fuse.sshfs");
    EXPECT_EQ(mount_type_in(mounts, makedev(0, 45)), "tmpfs");
    EXPECT_EQ(mount_type_in(mounts, makedev(0, 4)), "");
    EXPECT_EQ(mount_type_in("", makedev(8, 1)), "");
}

TEST(a_store, is_made_with_its_parents_and_read_by_nobody_else) {
    scratch_folder folder;
    for (auto const* path : {"a/b/store", "c/d/store/", "e/store//"}) {
        store::open(folder.path(path));
        struct stat status{};
        ASSERT_EQ(::stat(folder.path(path).c_str(), &status), 0) << path;
        EXPECT_EQ(status.st_mode & 0777, 0700U) << path;
    }
}

TEST(a_store, leaves_no_descriptor_to_the_programs_that_are_started) {
    scratch_folder folder;
    auto const open = store::open(folder.path());
    int seen = 0;
    for (auto const& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (!std::filesystem::read_symlink(entry, gone).string().starts_with(folder.path())) continue;
        ++seen;
        EXPECT_NE(::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC, 0) << entry;
    }
    EXPECT_GE(seen, 3);
}

TEST(a_store, without_a_boot_id_to_tell_leases_by_is_not_opened) {
    scratch_folder folder;
    auto child = in_namespaces([&] {
        store::open(folder.path());
        if (::mount("/dev/null", "/proc/sys/kernel/random/boot_id", nullptr, MS_BIND, nullptr) != 0)
            return no_namespaces;
        try {
            store::open(folder.path());
        } catch (failure const& fault) {
            auto const named = std::string_view(fault.what()).find("boot_id") != std::string_view::npos;
            return fault.code() == errc::store_unavailable && named ? 0 : 1;
        }
        return 2;
    });
    PARLANCE_EXPECT_DONE(child);
}

} // namespace
} // namespace parlance::lmdb_store
