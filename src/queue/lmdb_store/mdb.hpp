#pragma once
/// LMDB's results as failures, and its values as views.

#include <lmdb.h>

#include <stdexcept>
#include <string_view>

namespace parlance::lmdb_store {

/// The map is too small. Never leaves the store: the transaction is run again in a larger map.
struct map_full : std::runtime_error {
    map_full() : std::runtime_error("the map is full") {}
};

/// Throws failure for what is no success: errc::store_full for a full disk, which LMDB tells as EIO too (a short
/// write), else store_unavailable; map_full for a full map.
void check(int result, char const* what);

inline MDB_val to_val(std::string_view bytes) noexcept { return {bytes.size(), const_cast<char*>(bytes.data())}; }
inline std::string_view to_view(MDB_val const& value) noexcept {
    return {static_cast<char const*>(value.mv_data), value.mv_size};
}

} // namespace parlance::lmdb_store
