#include "queue/lmdb_store/file_system.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace parlance::lmdb_store {
namespace {

constexpr unsigned long fuse = 0x65735546;

bool is_network_filesystem(unsigned long type) noexcept {
    switch (type) {
    case 0x6969:     // NFS
    case 0x517B:     // SMB
    case 0xFF534D42: // CIFS
    case 0xFE534D42: // SMB2
    case 0x01021997: // 9P
    case 0x5346414F: // AFS
    case 0x6B414653: // kAFS
    case 0x73757245: // Coda
    case 0x00C36400: // Ceph
    case 0x0BD00BD0: // Lustre
    case 0x47504653: // GPFS
    case 0x19830326: // BeeGFS
    case 0x7461636F: // OCFS2
    case 0x01161970: // GFS2
    case 0x0000564C: // NCP
    case 0x20030528: // OrangeFS
    case 0x61636673: // ACFS
    case 0xAAD7AAEA: // PanFS
    case 0xBEEFDEAD: // SNFS
    case 0x013111A8: // IBRIX
    case 0x786F4256: // VirtualBox's shared folders
    case 0xBACBACBC: // VMware's
    case 0x7C7C6673: // Parallels'
        return true;
    default: return false;
    }
}

// "fuseblk" has a disk of its own (NTFS); the others keep their files in a directory of this machine.
constexpr std::string_view local_fuse[] = {"fuseblk",     "fuse.fuse-overlayfs", "fuse.gocryptfs",
                                           "fuse.bindfs", "fuse.encfs",          "fuse.cryfs"};

std::string_view take(std::string_view& rest, char end) noexcept {
    auto const word = rest.substr(0, rest.find(end));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
}

} // namespace

std::string why_unsafe(long type, std::string_view mount_type) {
    auto const number = static_cast<unsigned long>(type) & 0xFFFFFFFF;
    if (is_network_filesystem(number)) return "it is on a network file system, where locks cannot be relied on";
    if (number != fuse || std::ranges::find(local_fuse, mount_type) != std::end(local_fuse)) return {};
    return "it is on a FUSE file system (" + std::string(mount_type.empty() ? "fuse" : mount_type) +
           "), whose locks and shared memory may end at this machine while its files do not";
}

std::string_view mount_type_in(std::string_view mountinfo, dev_t device) noexcept {
    auto const wanted = std::to_string(major(device)) + ":" + std::to_string(minor(device));
    while (!mountinfo.empty()) {
        auto line = take(mountinfo, '\n'); // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS FIELDS... - TYPE SOURCE OPTIONS
        take(line, ' '), take(line, ' ');
        if (take(line, ' ') != wanted) continue;
        auto const dash = line.find(" - ");
        if (dash == line.npos) continue;
        line.remove_prefix(dash + 3);
        return take(line, ' ');
    }
    return {};
}

std::string why_unsafe(std::string const& path) {
    struct statfs system{};
    struct stat status{};
    if (::statfs(path.c_str(), &system) != 0 || ::stat(path.c_str(), &status) != 0)
        return std::string("it cannot be asked what file system it is on: ") + std::strerror(errno);
    if ((static_cast<unsigned long>(system.f_type) & 0xFFFFFFFF) != fuse) return why_unsafe(system.f_type, {});
    std::ifstream file("/proc/self/mountinfo");
    std::string const mounts(std::istreambuf_iterator<char>(file), {});
    return why_unsafe(system.f_type, mount_type_in(mounts, status.st_dev));
}

} // namespace parlance::lmdb_store
