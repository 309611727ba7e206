#pragma once
/// The keys of each database (docs/store-format.md). Pure.

#include "queue/lmdb_store/bytes.hpp"
#include "queue/lmdb_store/format.hpp"

#include <array>

namespace parlance::lmdb_store {

/// The bytes of a key.
template <std::size_t Size> struct key_bytes {
    std::array<char, Size> bytes;
    operator std::string_view() const noexcept { return {bytes.data(), Size}; }
};

/// A message's id as the store has it. Ids of parlance's own differ in their microseconds; imported ones may share
/// them and are then told apart by `twin`.
struct message_number {
    std::uint64_t micros = 0;
    std::uint16_t twin = 0;
    auto operator<=>(message_number const&) const = default;
};

/// In `msg`, `body` and `trouble`. The queue comes first, so that a queue's messages lie together, oldest first.
struct message_key {
    static constexpr std::size_t size = 14;
    std::uint32_t queue;
    message_number id;
    bool operator==(message_key const&) const = default;
    key_bytes<size> bytes() const noexcept {
        key_bytes<size> key;
        key_writer(key.bytes.data()).add(queue).add(id.micros).add(id.twin);
        return key;
    }
    static message_key read(std::string_view bytes) noexcept {
        key_reader from(bytes);
        auto const queue = from.take<std::uint32_t>();
        auto const micros = from.take<std::uint64_t>();
        return {queue, {micros, from.take<std::uint16_t>()}};
    }
};

/// In `ready`: the order in which a queue's messages are handed out. `rank` is the store's time from which the message
/// may be received, in milliseconds, less its head start (aged priority); strict priority will put 9 - priority in its
/// top byte.
struct ready_key {
    static constexpr std::size_t size = 22;
    std::uint32_t queue;
    std::uint64_t rank;
    message_number id;
    bool operator==(ready_key const&) const = default;
    key_bytes<size> bytes() const noexcept {
        key_bytes<size> key;
        key_writer(key.bytes.data()).add(queue).add(rank).add(id.micros).add(id.twin);
        return key;
    }
    static ready_key read(std::string_view bytes) noexcept {
        key_reader from(bytes);
        auto const queue = from.take<std::uint32_t>();
        auto const rank = from.take<std::uint64_t>();
        auto const micros = from.take<std::uint64_t>();
        return {queue, rank, {micros, from.take<std::uint16_t>()}};
    }
};

/// In `timer`: everything that waits for a time, of the store's clock. The first key is the time to sleep until.
struct timer_key {
    static constexpr std::size_t size = 23;
    std::uint64_t due_ms;
    timer_kind kind;
    std::uint32_t queue;
    message_number id;
    bool operator==(timer_key const&) const = default;
    key_bytes<size> bytes() const noexcept {
        key_bytes<size> key;
        key_writer(key.bytes.data()).add(due_ms).add(kind).add(queue).add(id.micros).add(id.twin);
        return key;
    }
    static timer_key read(std::string_view bytes) noexcept {
        key_reader from(bytes);
        auto const due = from.take<std::uint64_t>();
        auto const kind = from.take<timer_kind>();
        auto const queue = from.take<std::uint32_t>();
        auto const micros = from.take<std::uint64_t>();
        return {due, kind, queue, {micros, from.take<std::uint16_t>()}};
    }
};

/// In `lease`: when a lease ends on CLOCK_BOOTTIME, which no change of the date moves. The value is the holder's
/// number, 8 bytes, or nothing.
struct lease_key {
    static constexpr std::size_t size = 22;
    std::uint64_t end_ms;
    std::uint32_t queue;
    message_number id;
    bool operator==(lease_key const&) const = default;
    key_bytes<size> bytes() const noexcept {
        key_bytes<size> key;
        key_writer(key.bytes.data()).add(end_ms).add(queue).add(id.micros).add(id.twin);
        return key;
    }
    static lease_key read(std::string_view bytes) noexcept {
        key_reader from(bytes);
        auto const end = from.take<std::uint64_t>();
        auto const queue = from.take<std::uint32_t>();
        auto const micros = from.take<std::uint64_t>();
        return {end, queue, {micros, from.take<std::uint16_t>()}};
    }
};

/// In the unnamed database.
inline key_bytes<6> stat_key(std::uint32_t queue) noexcept {
    key_bytes<6> key;
    key_writer(key.bytes.data()).add(stat_prefix[0]).add(stat_prefix[1]).add(queue);
    return key;
}
inline key_bytes<10> former_home_key(std::uint32_t queue, std::uint32_t home) noexcept {
    key_bytes<10> key;
    key_writer(key.bytes.data()).add(former_home_prefix[0]).add(former_home_prefix[1]).add(queue).add(home);
    return key;
}

} // namespace parlance::lmdb_store
