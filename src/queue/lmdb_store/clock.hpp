#pragma once
/// The clocks of a store: the date for ids, delays and ages; the time since boot for leases.

#include <cstdint>
#include <string>

namespace parlance::lmdb_store {

struct moment {
    std::uint64_t wall_micros; ///< since the epoch
    std::uint64_t boot_ms;     ///< CLOCK_BOOTTIME
    std::uint64_t wall_ms() const noexcept { return wall_micros / 1000; }
};

/// Replaced by tests only.
struct clock {
    virtual ~clock() = default;
    virtual moment now() const noexcept = 0;
};
clock const& system_clock() noexcept;

/// Which boot of the kernel this is.
std::string boot_id();

} // namespace parlance::lmdb_store
