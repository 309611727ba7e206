#pragma once
/// The constants of a store on disk. docs/store-format.md explains each, and tests/queue/format_test.cpp holds that
/// page's examples: change the three together, and `format_version` with them.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parlance::lmdb_store {

inline constexpr std::uint32_t format_version = 1;

// Integers in keys are big-endian, so that byte order is number order; in values they are little-endian.

/// Databases of the environment. `dedupe` and `group` are made now and filled by a later version of parlance.
enum class database : unsigned {
    main,
    queue,
    message,
    body,
    ready,
    timer,
    lease,
    trouble,
    holder,
    worker,
    dedupe,
    group
};
inline constexpr std::size_t database_count = 12;
inline constexpr std::string_view database_names[database_count] = {
    "", "queue", "msg", "body", "ready", "timer", "lease", "trouble", "holder", "worker", "dedupe", "group"};

// Keys of the unnamed database: it holds the roots of the others too, so every commit writes its page anyway.
inline constexpr std::string_view format_key = "=format";         ///< format_record
inline constexpr std::string_view last_id_key = "=last-id";       ///< u64: the youngest id's microseconds
inline constexpr std::string_view clock_key = "=clock";           ///< clock_note
inline constexpr std::string_view next_queue_key = "=next-queue"; ///< u32: the number of the next queue; never reused
inline constexpr char former_home_prefix[] = {'=', 'd'};          ///< and u32 queue, u32 its former dead-letter queue
inline constexpr char stat_prefix[] = {'=', 's'};                 ///< and u32 queue number: stat_record

/// Where a message is, and so which index has its key.
enum class place : std::uint8_t { ready = 0, timer = 1, lease = 2 };
/// What a key in `timer` waits for. Only `delay` is used in this version.
enum class timer_kind : std::uint8_t { delay = 0, dedupe = 1, ttl = 2 };

/// The rank of what comes back unused, in front of everything that waits.
inline constexpr std::uint64_t front_rank = 0;

/// Flags of a message.
inline constexpr std::uint16_t body_apart = 1;  ///< the body is in `body`, under the same key
inline constexpr std::uint16_t has_trouble = 2; ///< `trouble` has a record of it
// reserved, each with a field after the fixed part, in this order: 4 dedupe (16 bytes), 8 group (16), 16 ttl (8),
// 32 headers (u32 length, then that many bytes)

/// Longer bodies lie apart, so that a receive, which writes a message's header, need not copy them.
inline constexpr std::size_t longest_inline_body = 1024;

inline constexpr std::string_view data_file = "data.mdb", lock_file = "lock.mdb", store_lock_file = "store.lock",
                                  bell_file = "bell", holders_directory = "holders";

} // namespace parlance::lmdb_store
