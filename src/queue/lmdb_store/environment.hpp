#pragma once
/// One LMDB environment: opened, checked against the format, grown when its map is full.

#include "queue/lmdb_store/clock.hpp"
#include "queue/lmdb_store/directory.hpp"
#include "queue/lmdb_store/format.hpp"
#include "queue/lmdb_store/mdb.hpp"

#include <parlance/queue.hpp>

#include <array>
#include <atomic>
#include <shared_mutex>

namespace parlance::lmdb_store {

/// What tests open a store with; everybody else takes the defaults.
struct open_options {
    lmdb_store::clock const* clock = &system_clock();
    std::size_t map_bytes = std::size_t{16} << 30;    ///< address space, not memory; doubled when it is full
    std::size_t reserve_bytes = std::size_t{1} << 20; ///< kept for acks when the disk is full
    std::string boot_id{};                            ///< empty: the kernel's
};

class environment {
public:
    /// Opens the store in `directory`, or makes it, with durability `wanted` or `durable`.
    /// Throws failure: errc::store_unavailable, store_newer, store_full, invalid_argument (another durability).
    environment(std::string directory, std::optional<parlance::durability> wanted, open_options options);
    environment(environment const&) = delete;
    ~environment();

    std::string const& directory() const noexcept { return directory_; }
    std::string const& what() const noexcept { return what_; }
    parlance::durability durability() const noexcept { return durability_; }
    open_options const& options() const noexcept { return options_; }
    /// The leases that the store holds are of another boot: each is over. Seen once, by whom opened it first.
    bool leases_of_another_boot() const noexcept { return other_boot_; }

    /// The store's time when the machine was started; known once the store is open.
    std::uint64_t zero_ms() const noexcept { return zero_ms_; }
    void begin_time_at(std::uint64_t zero_ms) noexcept { zero_ms_ = zero_ms; }
    /// Whether the store's time is to be noted again, for the next boot to go on from. Under the writers' lock.
    bool clock_is_to_be_noted(moment const& now) noexcept;

    MDB_env* handle() const noexcept { return env_; }
    MDB_dbi dbi(database which) const noexcept { return dbis_[static_cast<unsigned>(which)]; }

    /// Begins a transaction; the lock keeps the map from growing under it and lives as long. Takes up another process's
    /// growth, and frees the slots of dead readers where there is none left.
    MDB_txn* begin(unsigned flags, std::shared_lock<std::shared_mutex>& gate);
    /// Doubles the map that was full at `full_bytes`, unless another thread has. Where the system refuses that, the
    /// first call only notes it (`cannot_grow`): there may be room among the free pages. Throws failure:
    /// errc::store_full; all that is there can be used as before.
    void grow(std::size_t full_bytes);
    bool cannot_grow() const noexcept { return cannot_grow_; }
    std::size_t map_bytes() const noexcept { return map_bytes_; }
    /// After a failed commit: nothing more can be done until the store is opened anew.
    bool has_panicked();
    /// Frees what dead readers hold, which would let the file grow without end. At most every few seconds unless `now`.
    void check_readers(std::uint64_t boot_ms, bool now = false);

private:
    void open();
    bool open_existing();
    void make_or_update();
    int remap(std::size_t bytes);
    void accept_mode(parlance::durability recorded);

    std::string directory_, what_; ///< what faults are said of
    std::optional<parlance::durability> wanted_;
    open_options options_;
    parlance::durability durability_ = parlance::durability::durable;
    bool other_boot_ = false;
    std::uint64_t zero_ms_ = 0, clock_noted_ms_ = 0;
    pid_t process_;
    unique_fd in_use_;
    MDB_env* env_ = nullptr;
    std::array<MDB_dbi, database_count> dbis_{};
    std::shared_mutex gate_; ///< shared: a transaction is open; exclusive: the map changes
    std::atomic<std::size_t> map_bytes_;
    std::atomic<bool> cannot_grow_{false}, map_is_lost_{false};
    std::atomic<std::uint64_t> readers_checked_ms_{0};
};

} // namespace parlance::lmdb_store
