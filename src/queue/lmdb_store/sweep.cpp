#include "queue/checks.hpp"
#include "queue/lmdb_store/operations.hpp"

namespace parlance::lmdb_store {
namespace {

constexpr std::string_view lease_ran_out = "lease ran out";
constexpr std::string_view first_key{"\0", 1};

std::optional<timer_key> first_timer(transaction& t) {
    auto const found = t.seek(database::timer, first_key);
    return found ? std::optional(timer_key::read(found->key)) : std::nullopt;
}

std::optional<lease_key> first_lease(transaction& t) {
    auto const found = t.seek(database::lease, first_key);
    return found ? std::optional(lease_key::read(found->key)) : std::nullopt;
}

/// The queue of a number: needed only for what has a limit, so the names are not kept by number.
struct numbered_queue {
    std::string name;
    queue_record record;
};
std::optional<numbered_queue> queue_numbered(transaction& t, std::uint32_t number) {
    for (auto found = t.seek(database::queue, first_key); found; found = t.next(database::queue)) {
        auto record = decode_queue(found->value);
        if (record.number == number) return numbered_queue{std::string(found->key), std::move(record)};
    }
    return std::nullopt;
}

/// An attempt whose consumer was never heard of again.
void end_lease(write_transaction& t, lease_key const& lease, std::uint64_t ago_ms,
               std::optional<numbered_queue>& last_queue) {
    if (!last_queue || last_queue->record.number != lease.queue) last_queue = queue_numbered(t, lease.queue);
    auto message = read_message(t, {lease.queue, lease.id});
    auto trouble = read_trouble(t, message);
    auto const dying = last_queue && is_dying(trouble, last_queue->name);
    if (!dying)
        trouble = add_failure(std::move(trouble), message.header, lease_ran_out, {},
                              static_cast<std::int64_t>(t.now().wall_ms() - ago_ms));
    auto const limit = last_queue ? last_queue->record.settings.max_receives : 0;
    if (dying || (limit > 0 && message.header.attempts() >= limit)) {
        if (!bury(t, last_queue->name, last_queue->record.settings, message, std::move(trouble)))
            postpone_burial(t, last_queue->name, message, std::nullopt); // and no other queue has to wait for it
    } else {
        write_trouble(t, message, std::move(trouble));
        move_message(t, message, place::ready, t.now().store_ms() - ago_ms);
    }
}

} // namespace

bool sweep(write_transaction& t, std::size_t limit) {
    auto const now = t.now();
    limit = t.at_most(limit);
    std::size_t moved = 0;
    for (auto due = first_timer(t); due && due->due_ms <= now.store_ms(); due = first_timer(t)) {
        if (moved++ == limit) return false;
        auto message = read_message(t, {due->queue, due->id});
        move_message(t, message, place::ready, due->due_ms);
    }
    std::optional<numbered_queue> queue;
    for (auto lease = first_lease(t); lease && lease->end_ms <= now.boot_ms; lease = first_lease(t)) {
        if (moved++ == limit) return false;
        end_lease(t, *lease, now.boot_ms - lease->end_ms, queue);
    }
    return true;
}

bool anything_due(transaction& t) {
    auto const in = next_due_in(t);
    return in && *in == 0;
}

std::optional<std::uint64_t> next_due_in(transaction& t) {
    std::optional<std::uint64_t> in;
    auto const consider = [&](std::uint64_t due, std::uint64_t now) {
        auto const wait = due > now ? due - now : 0;
        in = std::min(in.value_or(wait), wait);
    };
    if (auto const timer = first_timer(t)) consider(timer->due_ms, t.now().store_ms());
    if (auto const lease = first_lease(t)) consider(lease->end_ms, t.now().boot_ms);
    return in;
}

void end_all_leases(write_transaction& t) {
    std::vector<lease_key> leases; // what cannot be buried is leased again
    for (auto found = t.seek(database::lease, first_key); found; found = t.next(database::lease))
        leases.push_back(lease_key::read(found->key));
    std::optional<numbered_queue> queue;
    for (auto const& lease : leases) end_lease(t, lease, 0, queue);
}

} // namespace parlance::lmdb_store
