#include "queue/lmdb_store/reserve.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>

namespace parlance::lmdb_store {
namespace {

constexpr std::uint64_t step_bytes = 4 << 20;         ///< ahead of the reserve, so that most sends allocate nothing
constexpr std::uint64_t pages_of_a_commit = 64 << 10; ///< the paths in the trees that a commit rewrites

/// LMDB shows its list of free pages, database 0, to readers only.
std::uint64_t free_bytes(MDB_env* env, std::uint64_t page_bytes) {
    MDB_txn* reading = nullptr;
    if (mdb_txn_begin(env, nullptr, MDB_RDONLY, &reading) != MDB_SUCCESS) return 0;
    MDB_cursor* cursor = nullptr;
    std::uint64_t pages = 0;
    if (mdb_cursor_open(reading, 0, &cursor) == MDB_SUCCESS) {
        for (MDB_val key{}, value{}; mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS;)
            pages += *static_cast<std::size_t const*>(value.mv_data);
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(reading);
    return pages * page_bytes;
}

std::uint64_t free_on_disk(int file) noexcept {
    struct statvfs system{};
    return ::fstatvfs(file, &system) == 0 ? system.f_bavail * system.f_frsize : 0;
}

} // namespace

bool reserve::allocate(int file, std::uint64_t from, std::uint64_t to) noexcept {
    int result = 0;
    do {
        result = ::fallocate(file, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(to - from));
    } while (result != 0 && errno == EINTR);
    if (result == 0) allocated_end_ = to;
    unsupported_ = result != 0 && (errno == EOPNOTSUPP || errno == ENOSYS);
    return result == 0;
}

reserve::answer reserve::ask(environment const& store, std::uint64_t need_bytes) {
    auto* const env = store.handle();
    MDB_envinfo info{};
    mdb_env_info(env, &info);
    MDB_stat stat{};
    mdb_env_stat(env, &stat);
    std::uint64_t const used_end = (info.me_last_pgno + 1) * stat.ms_psize;
    auto const need = need_bytes + pages_of_a_commit;
    auto const free_in_map = store.cannot_grow() ? free_bytes(env, stat.ms_psize) : 0;
    if (!leaves_reserve({info.me_mapsize, used_end, free_in_map}, need, bytes_)) return answer::map_full;
    if (leaves_reserve({allocated_end_, used_end, 0}, need, bytes_)) return answer::enough;

    int file = -1;
    mdb_env_get_fd(env, &file);
    auto const enough = used_end + need + bytes_;
    if (!unsupported_ && (allocate(file, used_end, enough + step_bytes) || allocate(file, used_end, enough)))
        return answer::enough;
    auto const ahead = unsupported_ ? used_end + free_on_disk(file) : allocated_end_;
    auto const fits = leaves_reserve({ahead, used_end, free_bytes(env, stat.ms_psize)}, need, bytes_);
    return fits ? answer::enough : answer::disk_full;
}

} // namespace parlance::lmdb_store
