#pragma once
/// The values of each database (docs/store-format.md). Pure.

#include "queue/ids.hpp"
#include "queue/lmdb_store/bytes.hpp"
#include "queue/lmdb_store/clock.hpp"
#include "queue/lmdb_store/format.hpp"
#include "queue/settings.hpp"

namespace parlance::lmdb_store {

/// The fixed part of a message: written as it lies in memory. The body follows at `body_at`, or lies in `body`.
struct message_header {
    std::uint16_t body_at = 64; ///< later versions put fields before it
    lmdb_store::place place = lmdb_store::place::ready;
    std::uint8_t priority = 0;
    std::uint32_t queue = 0;
    std::uint32_t rc = 0;        ///< receives; only grows, so that no old receipt is ever good again
    std::uint32_t uncharged = 0; ///< of these, those that are no attempts
    std::uint32_t crashes = 0;
    std::uint32_t reserved = 0;
    std::int64_t first_received_ms = 0;
    std::uint64_t at = 0; ///< rank, due time or end of the lease: with it the key in the index of `place` is known
    char tail[id_tail_length] = {};
    std::uint16_t flags = 0;

    std::uint32_t attempts() const noexcept { return rc - uncharged; }
    bool operator==(message_header const&) const = default;
};
static_assert(sizeof(message_header) == 64 && std::is_trivially_copyable_v<message_header>);

/// Counters of one queue: written as they lie in memory.
struct stat_record {
    std::uint64_t sent = 0, received = 0, acked = 0, dead = 0; ///< since creation
    std::uint64_t ready = 0, delayed = 0, leased = 0;          ///< now
    std::uint64_t messages() const noexcept { return ready + delayed + leased; }
    bool operator==(stat_record const&) const = default;
};
static_assert(sizeof(stat_record) == 56);

struct queue_record {
    std::uint32_t number = 0;
    std::int64_t created_s = 0, modified_s = 0;
    queue_settings settings{};
    bool operator==(queue_record const&) const = default;
};

/// What went wrong with a message, kept beside it while it lives and after it is dead.
struct trouble_record {
    std::string origin{}; ///< the queue in which it died, also while it still lies there; empty while it lives
    std::string reason{};
    std::string err_tail{};
    std::uint32_t attempts = 0, crashes = 0;
    std::int64_t first_failure_ms = 0, last_failure_ms = 0;
    bool operator==(trouble_record const&) const = default;
};

struct format_record {
    std::uint32_t version = format_version;
    parlance::durability durability = durability::durable;
    std::string boot_id{}; ///< of the kernel on whose clock the leases run
    std::int64_t created_ms = 0;
    bool operator==(format_record const&) const = default;
};

struct holder_record {
    std::int64_t pid = 0;
    std::uint32_t uid = 0;
    std::uint64_t pid_namespace = 0;
    std::string boot_id{};
    std::int64_t started_ms = 0;
    bool operator==(holder_record const&) const = default;
};

std::string encode(queue_record const&);
std::string encode(trouble_record const&);
std::string encode(format_record const&);
std::string encode(holder_record const&);
std::string encode(clock_note const&);
/// Each throws failure errc::store_unavailable where the bytes are not whole. `decode_format` reads the version of any
/// format, and the rest only of its own.
queue_record decode_queue(std::string_view bytes);
trouble_record decode_trouble(std::string_view bytes);
format_record decode_format(std::string_view bytes);
holder_record decode_holder(std::string_view bytes);
clock_note decode_clock(std::string_view bytes);

} // namespace parlance::lmdb_store
