#include "queue/lmdb_store/operations.hpp"

#include <algorithm>

namespace parlance::lmdb_store {
namespace {

using wall_ms = std::chrono::sys_time<std::chrono::milliseconds>;

struct hidden {
    std::uint64_t due_wall_ms;
    message_number id;
};

wall_ms at(std::uint64_t ms) { return wall_ms(std::chrono::milliseconds(static_cast<std::int64_t>(ms))); }

/// The first `count` of a queue that wait for a time or a consumer, by when they are due.
std::vector<hidden> hidden_ones(transaction& t, std::uint32_t queue, std::size_t count) {
    std::vector<hidden> found;
    std::size_t timers = 0, leases = 0;
    auto const now = t.now();
    constexpr std::string_view first_key{"\0", 1};
    for (auto e = t.seek(database::timer, first_key); e && timers < count; e = t.next(database::timer)) {
        auto const key = timer_key::read(e->key);
        if (key.queue == queue) ++timers, found.push_back({now.wall_ms() + key.due_ms - now.store_ms(), key.id});
    }
    for (auto e = t.seek(database::lease, first_key); e && leases < count; e = t.next(database::lease)) {
        auto const key = lease_key::read(e->key);
        if (key.queue == queue) ++leases, found.push_back({now.wall_ms() + key.end_ms - now.boot_ms, key.id});
    }
    std::stable_sort(found.begin(), found.end(), [](auto a, auto b) { return a.due_wall_ms < b.due_wall_ms; });
    if (found.size() > count) found.resize(count);
    return found;
}

waiting_message show(transaction& t, message_key key, std::optional<wall_ms> due) {
    auto const message = read_message(t, key);
    waiting_message shown{message_id(message.id()), read_text(t, message), message.header.rc, {}, due};
    if (message.header.rc > 0)
        shown.first_received = wall_ms(std::chrono::milliseconds(message.header.first_received_ms));
    return shown;
}

} // namespace

std::vector<waiting_message> peek_messages(transaction& t, std::string_view name, std::size_t count) {
    auto const queue = find_queue(t, name).record.number;
    std::vector<waiting_message> seen;
    for (auto e = t.seek(database::ready, ready_key{queue, 0, {}}.bytes()); e && seen.size() < count;
         e = t.next(database::ready)) {
        auto const key = ready_key::read(e->key);
        if (key.queue != queue) break;
        seen.push_back(show(t, {queue, key.id}, std::nullopt));
    }
    if (seen.size() < count)
        for (auto const& later : hidden_ones(t, queue, count - seen.size()))
            seen.push_back(show(t, {queue, later.id}, at(later.due_wall_ms)));
    return seen;
}

} // namespace parlance::lmdb_store
