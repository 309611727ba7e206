#pragma once
/// Which file systems a store may lie on: locks, shared memory and syncs must mean what they say.

#include <string>
#include <string_view>
#include <sys/types.h>

namespace parlance::lmdb_store {

/// Why files of this statfs type cannot be relied on; empty where they can. Where the type is FUSE's, `mount_type` says
/// whose: only those are taken that are known to keep everything on this machine. Pure.
std::string why_unsafe(long type, std::string_view mount_type);
/// The type of the mount of a device in the text of /proc/self/mountinfo: "ext4", "fuse.sshfs"; else empty. Pure.
std::string_view mount_type_in(std::string_view mountinfo, dev_t device) noexcept;

/// Why a store may not lie at `path`, which is there; empty where it may.
std::string why_unsafe(std::string const& path);

} // namespace parlance::lmdb_store
