#pragma once
/// Room on the disk that is kept for acks: a delete needs pages too, since LMDB writes none in place.

#include "queue/lmdb_store/environment.hpp"

#include <cstdint>

namespace parlance::lmdb_store {

/// Whether `need_bytes` may be written without touching the reserve. Pure.
struct room {
    std::uint64_t allocated_end; ///< the disk is ours up to here
    std::uint64_t used_end;      ///< of the data file
    std::uint64_t free_bytes;    ///< pages within the used part that hold nothing
};
constexpr bool leaves_reserve(room now, std::uint64_t need_bytes, std::uint64_t reserve_bytes) noexcept {
    auto const tail = now.allocated_end > now.used_end ? now.allocated_end - now.used_end : 0;
    return tail + now.free_bytes >= need_bytes + reserve_bytes;
}

/// Allocates the disk ahead of the data file's end. Used under the writers' lock only.
class reserve {
public:
    explicit reserve(std::size_t bytes) noexcept : bytes_(bytes) {}
    /// Whether `need_bytes` more may be written without touching the reserve, on the disk or as much in the map.
    enum class answer { enough, map_full, disk_full };
    answer ask(environment const& store, std::uint64_t need_bytes);

private:
    bool allocate(int file, std::uint64_t from, std::uint64_t to) noexcept;

    std::size_t bytes_;
    std::uint64_t allocated_end_ = 0;
    bool unsupported_ = false; ///< the file system cannot allocate ahead: its free space is asked for instead
};

} // namespace parlance::lmdb_store
