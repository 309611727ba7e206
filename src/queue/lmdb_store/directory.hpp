#pragma once
/// The directory of a store: made, checked, and known to be in use.

#include <parlance/fd.hpp>

#include <string>
#include <sys/types.h>

namespace parlance::lmdb_store {

struct directory_identity {
    dev_t device;
    ino_t inode;
    auto operator<=>(directory_identity const&) const = default;
};

/// Makes the directory and its parents where they are not there (mode 0700 for the last), durably, and says which it
/// is. Throws failure: errc::store_unavailable, not_supported.
directory_identity prepare_directory(std::string const& path);

/// Is there certainly no store? For those who look and must not make one. False where it cannot be told: opening tells.
bool has_no_store(std::string const& directory) noexcept;

/// A shared lock on store.lock, held while the store is open; who needs the store alone takes it exclusively.
unique_fd lock_store(std::string const& directory);

/// Makes the file with `bytes` really on the disk: a hole would kill who writes to its mapping on a full disk.
/// Throws failure: errc::store_full.
unique_fd make_whole_file(std::string const& path, std::size_t bytes);

} // namespace parlance::lmdb_store
