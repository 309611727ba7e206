#pragma once
/// The clocks of a store: the date for ids and ages; the time since boot for leases; and the store's own time, for
/// delays and for the order of delivery, which runs on through every change of the date.

#include <cstdint>
#include <optional>
#include <string>

namespace parlance::lmdb_store {

struct moment {
    std::uint64_t wall_micros; ///< since the epoch
    std::uint64_t boot_ms;     ///< CLOCK_BOOTTIME
    std::uint64_t zero_ms = 0; ///< what the store's time was when the machine was started
    std::uint64_t wall_ms() const noexcept { return wall_micros / 1000; }
    /// The store's time: begins as the date on which the store was made, and runs with the time since boot.
    std::uint64_t store_ms() const noexcept { return zero_ms + boot_ms; }
};

/// What the store's clock showed at some moment of the past, and beside it the date.
struct clock_note {
    std::uint64_t zero_ms, store_ms, wall_ms;
    bool operator==(clock_note const&) const = default;
};
/// The `zero_ms` of a boot that is seen for the first time: the store's time goes on from the last note, by as much as
/// the date has advanced since, and never back. Pure.
std::uint64_t zero_of_new_boot(std::optional<clock_note> const& last, moment now) noexcept;

/// Replaced by tests only.
struct clock {
    virtual ~clock() = default;
    virtual moment now() const noexcept = 0;
};
clock const& system_clock() noexcept;

/// Which boot of the kernel this is. Throws failure errc::store_unavailable where that cannot be read.
std::string boot_id();

} // namespace parlance::lmdb_store
