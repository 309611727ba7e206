#include "queue/lmdb_store/directory.hpp"

#include "queue/lmdb_store/file_system.hpp"
#include "queue/lmdb_store/format.hpp"

#include <parlance/error.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace parlance::lmdb_store {
namespace {

[[noreturn]] void refuse(std::string const& path, int number) {
    auto const full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    throw failure(full ? errc::store_full : errc::store_unavailable,
                  {.input = "store " + path,
                   .reason = std::strerror(number),
                   .mend = full ? "make room on the disk"
                           : number == ENOTDIR || number == EEXIST
                               ? "a store is a directory; name another"
                               : "the directory must be writable by this user; or name another with --store"});
}

/// A directory's name is kept by its parent: until that is on the disk, a power loss may take the store with it.
void sync_parent(std::filesystem::path const& directory) noexcept {
    auto const parent = directory.has_parent_path() ? directory.parent_path() : std::filesystem::path(".");
    unique_fd const folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());
}

void make_parents(std::filesystem::path const& directory, std::string const& whole) {
    struct stat status{};
    if (directory.empty() || ::stat(directory.c_str(), &status) == 0) return;
    make_parents(directory.parent_path(), whole);
    if (::mkdir(directory.c_str(), 0777) == 0)
        sync_parent(directory);
    else if (errno != EEXIST)
        refuse(whole, errno);
}

/// With its parents; readable by nobody else.
void make_directory(std::string const& path) {
    std::filesystem::path directory(path);
    if (!directory.has_filename() && directory.has_relative_path()) directory = directory.parent_path(); // "store/"
    make_parents(directory.parent_path(), path);
    if (::mkdir(directory.c_str(), 0700) == 0)
        sync_parent(directory);
    else if (errno != EEXIST)
        refuse(path, errno);
}

} // namespace

directory_identity prepare_directory(std::string const& path) {
    make_directory(path);
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) refuse(path, errno);
    if (!S_ISDIR(status.st_mode)) refuse(path, ENOTDIR);
    if (auto reason = why_unsafe(path); !reason.empty())
        throw failure(errc::not_supported,
                      {.input = "store " + path, .reason = std::move(reason), .mend = "put the store on a local disk"});
    if (::access(path.c_str(), W_OK | X_OK) != 0) refuse(path, errno);
    return {status.st_dev, status.st_ino};
}

bool has_no_store(std::string const& directory) noexcept {
    std::error_code fault;
    std::filesystem::path const place(directory);
    if (std::filesystem::exists(place / data_file, fault) || fault) return false;
    return std::filesystem::is_directory(place, fault) || !std::filesystem::exists(place, fault);
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
