#pragma once
/// Reading and writing the store's databases in one transaction.

#include "queue/lmdb_store/environment.hpp"
#include "queue/lmdb_store/records.hpp"
#include "queue/lmdb_store/reserve.hpp"

#include <boost/container/small_vector.hpp>

namespace parlance::lmdb_store {

/// Views that it hands out are good until the next change in the same transaction.
class transaction {
public:
    transaction(transaction const&) = delete;
    std::optional<std::string_view> get(database from, std::string_view key);

    struct entry {
        std::string_view key, value;
    };
    /// The first entry whose key is not before `key`; `next` then goes on from it, also when it was erased.
    std::optional<entry> seek(database in, std::string_view key);
    std::optional<entry> next(database in);

    moment const& now() const noexcept { return now_; }

protected:
    transaction(environment& env, moment now, unsigned flags) : env_(env), now_(now), txn_(env.begin(flags, gate_)) {}
    ~transaction();
    MDB_cursor* cursor(database which);

    environment& env_;
    moment now_;
    std::shared_lock<std::shared_mutex> gate_; // before txn_: begin() fills it
    MDB_txn* txn_;
    std::array<MDB_cursor*, database_count> cursors_{};
    bool read_only_ = true;
};

/// A consistent view. Short: while it is open the pages that others free cannot be used again.
class read_transaction : public transaction {
public:
    read_transaction(environment& env, moment now) : transaction(env, now, MDB_RDONLY) {}
};

/// Whom a commit concerns: so many of the queue's messages may be received now; 0: it may have run empty.
struct ring {
    std::uint32_t queue;
    std::uint32_t messages;
};
inline constexpr std::uint32_t everybody = ~0U;

struct commit_news {
    boost::container::small_vector<ring, 4> rings;
    bool sooner = false; ///< something is due soon, and before all else that waits
    bool any() const noexcept { return sooner || !rings.empty(); }
};

/// One writer at a time, over all processes. Aborted unless committed.
class write_transaction : public transaction {
public:
    write_transaction(environment& env, moment now, lmdb_store::reserve& reserve)
        : transaction(env, now, 0), reserve_(reserve) {
        read_only_ = false;
    }
    /// The wait for the one writer's lock may have been long: what begins now begins at this moment.
    void begins_at(moment now) noexcept { now_ = now; }

    void put(database into, std::string_view key, std::string_view value);
    /// Room for a value, to be filled before the next change.
    char* put_space(database into, std::string_view key, std::size_t bytes);
    bool erase(database from, std::string_view key);
    /// What `seek` or `next` found last.
    void erase_current(database from);

    /// The queue's counters, read once and written by `commit`. Good until the next call for another queue.
    stat_record& counters(std::uint32_t queue);
    void forget_counters(std::uint32_t queue);
    /// A message of the queue may be received now that could not before.
    void made_ready(std::uint32_t queue);
    /// For news that the counters do not show: a queue that was resumed.
    void ring_all(std::uint32_t queue) { news_.rings.push_back({queue, everybody}); }
    /// Something new is due at the first key of an index, `in_ms` from now.
    void due_first_in(std::uint64_t in_ms);

    /// A younger number than any id has had.
    std::uint64_t new_micros();
    /// For `bytes` more, beside those that were granted before, or none where the disk has no room for them but the
    /// reserve, which is for acks.
    bool grant_room(std::uint64_t bytes);
    /// Throws failure errc::store_full where there is none.
    void demand_room(std::uint64_t bytes);
    /// Free pages that do not lie together, or that a reader holds, take less than was granted; and to change many
    /// messages is to rewrite many pages. Where a full disk refuses a commit that could have done less, it is done
    /// again, cautiously: nothing is granted, and few messages are changed.
    bool did_its_least() const noexcept { return cautious_ || !could_do_less_; }
    void be_cautious() noexcept { cautious_ = true; }
    /// How many messages to change, of so many.
    std::size_t at_most(std::size_t messages) noexcept;

    /// Grows with every change: who threw without changing anything has spoilt nothing.
    std::size_t changes() const noexcept { return changes_; }
    commit_news commit();

private:
    bool ask_for_room(std::uint64_t bytes);
    bool stands_at(database which, std::string_view key);

    struct tally {
        std::uint32_t queue;
        stat_record before, now;
        std::uint64_t made_ready = 0; ///< gross: many operations share a commit, and one may take what another put
        bool gone = false;
    };
    lmdb_store::reserve& reserve_;
    boost::container::small_vector<tally, 4> tallies_;
    commit_news news_;
    std::uint64_t last_micros_ = 0; ///< 0: not read yet
    std::uint64_t granted_bytes_ = 0, refused_bytes_ = ~std::uint64_t{0};
    bool could_do_less_ = false, cautious_ = false;
    bool new_ids_ = false;
    std::size_t changes_ = 0;
};

} // namespace parlance::lmdb_store
