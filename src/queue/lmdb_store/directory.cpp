#include "queue/lmdb_store/directory.hpp"

#include "queue/lmdb_store/format.hpp"

#include <parlance/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace parlance::lmdb_store {
namespace {

[[noreturn]] void refuse(std::string const& path, int number) {
    auto const full = number == ENOSPC || number == EDQUOT;
    throw failure(full ? errc::store_full : errc::store_unavailable,
                  {.input = "store " + path,
                   .reason = std::strerror(number),
                   .mend = full ? "make room on the disk"
                           : number == ENOTDIR || number == EEXIST
                               ? "a store is a directory; name another"
                               : "the directory must be writable by this user; or name another with --store"});
}

} // namespace

bool is_network_filesystem(long type) noexcept {
    switch (static_cast<unsigned long>(type) & 0xFFFFFFFF) {
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
        return true;
    default: return false;
    }
}

directory_identity prepare_directory(std::string const& path) {
    std::filesystem::path const directory(path);
    if (directory.has_parent_path()) {
        std::error_code fault;
        std::filesystem::create_directories(directory.parent_path(), fault);
        if (fault) refuse(path, fault.value());
    }
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) refuse(path, errno);
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) refuse(path, errno);
    if (!S_ISDIR(status.st_mode)) refuse(path, ENOTDIR);
    struct statfs system{};
    if (::statfs(path.c_str(), &system) != 0) refuse(path, errno);
    if (is_network_filesystem(system.f_type))
        throw failure(errc::not_supported, {.input = "store " + path,
                                            .reason = "it is on a network file system, where locks cannot be relied on",
                                            .mend = "put the store on a local disk"});
    if (::access(path.c_str(), W_OK | X_OK) != 0) refuse(path, errno);
    return {status.st_dev, status.st_ino};
}

unique_fd lock_store(std::string const& directory) {
    auto const path = directory + "/" + std::string(store_lock_file);
    unique_fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) refuse(directory, errno);
    if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) refuse(directory, errno);
    throw failure(errc::store_in_use, {.input = "store " + directory,
                                       .reason = "another process has it for itself (compaction)",
                                       .mend = "try again when that has ended"});
}

unique_fd make_whole_file(std::string const& path, std::size_t bytes) {
    unique_fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) refuse(path, errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) refuse(path, errno);
    if (static_cast<std::size_t>(status.st_size) >= bytes) return file;
    if (auto const fault = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)); fault != 0) refuse(path, fault);
    return file;
}

} // namespace parlance::lmdb_store
