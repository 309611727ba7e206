#include "queue/backoff.hpp"
#include "queue/checks.hpp"
#include "queue/lmdb_store/operations.hpp"

namespace parlance::lmdb_store {
namespace {

// For those who give no reason.
constexpr std::string_view nacked = "nacked", died_unseen = "the consumer died";

/// None where the message is gone. Throws failure errc::lease_lost where the claim is another's by now.
std::optional<stored_message> claimed(write_transaction& t, std::uint32_t queue, claim const& which) {
    auto message = find_message(t, queue, which.id);
    if (!message || !which.rc) return message;
    auto const& header = message->header;
    if (header.place == place::lease && header.rc == *which.rc) return message;
    throw failure(errc::lease_lost, {.input = "message " + which.id,
                                     .mend = "work longer than the lease needs `extend`, or a longer vt",
                                     .facts = {{"id", which.id}}});
}

std::chrono::milliseconds delay_after(verdict const& how, queue_settings const& settings, message_header const& header,
                                      double chance) {
    if (how.delay) return *how.delay;
    auto const attempts = std::max(header.attempts(), 1U);
    return next_due(settings.backoff, {attempts, header.crashes, how.crashed}, chance);
}

void put_back(write_transaction& t, stored_message& message, std::chrono::milliseconds delay) {
    auto const due = t.now().store_ms() + static_cast<std::uint64_t>(delay.count());
    move_message(t, message, delay.count() == 0 ? place::ready : place::timer, due);
}

} // namespace

bool ack_message(write_transaction& t, std::string_view name, claim const& which) {
    auto const queue = find_queue(t, name).record;
    auto const message = claimed(t, queue.number, which);
    if (!message) return false;
    erase_message(t, *message);
    ++t.counters(queue.number).acked;
    return true;
}

bool nack_message(write_transaction& t, std::string_view name, claim const& which, verdict const& how, double chance) {
    auto const queue = find_queue(t, name).record;
    if (how.delay) check_duration("delay", *how.delay);
    auto const limit = how.max_receives.value_or(queue.settings.max_receives);
    if (how.dead || limit > 0) static_cast<void>(dead_letter_name(name, queue.settings)); // refused before it writes
    auto message = claimed(t, queue.number, which);
    if (!message) return false;

    auto& header = message->header;
    auto const attempted = header.place == place::lease;
    if (!attempted && !how.dead) return put_back(t, *message, how.delay.value_or(queue.settings.backoff.first)), true;
    if (!how.charge && attempted) ++header.uncharged;
    if (how.charge && how.crashed && attempted) ++header.crashes;
    if (!how.charge && !how.dead) return put_back(t, *message, delay_after(how, queue.settings, header, chance)), true;

    auto const reason = !how.reason.empty() ? std::string_view(how.reason) : how.crashed ? died_unseen : nacked;
    auto trouble = add_failure(read_trouble(t, *message), header, reason, how.err_tail,
                               static_cast<std::int64_t>(t.now().wall_ms()));
    if (how.dead || (limit > 0 && header.attempts() >= limit)) {
        if (!bury(t, name, queue.settings, *message, trouble)) postpone_burial(t, name, *message, std::move(trouble));
        return true;
    }
    write_trouble(t, *message, std::move(trouble));
    put_back(t, *message, delay_after(how, queue.settings, header, chance));
    return true;
}

bool extend_lease(write_transaction& t, std::string_view name, claim const& which, std::chrono::milliseconds vt) {
    check_duration("vt", vt);
    auto const queue = find_queue(t, name).record;
    auto message = claimed(t, queue.number, which);
    if (!message) return false;
    if (message->header.place != place::lease) return put_back(t, *message, vt), true; // rsmq: hidden for so long
    std::uint64_t holder = 0;
    auto const value = t.get(database::lease, lease_key{message->header.at, queue.number, message->key.id}.bytes());
    if (value && value->size() == sizeof holder) std::memcpy(&holder, value->data(), sizeof holder);
    move_message(t, *message, place::lease, t.now().boot_ms + static_cast<std::uint64_t>(vt.count()), holder);
    return true;
}

} // namespace parlance::lmdb_store
