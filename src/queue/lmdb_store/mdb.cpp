#include "queue/lmdb_store/mdb.hpp"

#include <parlance/error.hpp>

#include <cerrno>

namespace parlance::lmdb_store {

void check(int result, char const* what) {
    switch (result) {
    case MDB_SUCCESS: return;
    case MDB_MAP_FULL: throw map_full();
    case EIO:
    case ENOSPC:
    case EDQUOT:
    case EFBIG: // ulimit -f
        throw failure(errc::store_full,
                      {.input = what,
                       .reason = result == EIO ? "the disk is full, or fails (EIO)" : "the disk is full",
                       .mend = "make room on the disk; acks still work and free room too"});
    case EACCES:
    case EPERM:
    case EROFS:
        throw failure(errc::store_unavailable, {.input = what,
                                                .reason = mdb_strerror(result),
                                                .mend = "the directory and its files must be writable by this user"});
    case MDB_PANIC:
        throw failure(errc::store_unavailable,
                      {.input = what,
                       .reason = "a write to data.mdb failed midway, and LMDB takes no more until it is opened anew",
                       .mend = "drop every store, queue and delivery of it in this process and open it again, or "
                               "start the process again; what was confirmed is there"});
    case ENOMEM:
        throw failure(errc::store_unavailable,
                      {.input = what,
                       .reason = mdb_strerror(result),
                       .mend = "the store's map needs address space: raise the limit (ulimit -v)"});
    case MDB_VERSION_MISMATCH:
        throw failure(errc::store_newer,
                      {.input = what, .mend = "its LMDB file has another version; use that parlance"});
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
        throw failure(errc::store_unavailable,
                      {.input = what,
                       .reason = std::string("data.mdb is damaged or no store: ") + mdb_strerror(result),
                       .mend = "restore the directory from a copy, or name another"});
    default:
        throw failure(errc::store_unavailable,
                      {.input = what, .reason = mdb_strerror(result), .mend = "open the store again"});
    }
}

} // namespace parlance::lmdb_store
