#include "queue/checks.hpp"
#include "queue/lmdb_store/operations.hpp"

#include <algorithm>

namespace parlance::lmdb_store {
namespace {

constexpr std::uint64_t burial_tried_every_ms = 10'000;

using wall_ms = std::chrono::sys_time<std::chrono::milliseconds>;

/// The same id in another queue: numbers differ from all others there, as the ids do.
message_key key_in(transaction& t, std::uint32_t queue, message_number id) {
    for (message_key key{queue, {id.micros, 0}};; ++key.id.twin) {
        auto const found = t.get(database::message, key.bytes());
        if (!found) return key;
    }
}

/// With its id and text, attempts at 0, behind what waits there.
void move_to_queue(write_transaction& t, stored_message& message, std::uint32_t queue,
                   std::optional<trouble_record> trouble) {
    auto const text = read_text(t, message);
    auto const key = key_in(t, queue, message.key.id);
    erase_message(t, message);
    auto header = message.header;
    header.place = place::ready;
    header.at = t.now().store_ms();
    header.uncharged = header.rc;
    header.crashes = 0;
    header.flags = static_cast<std::uint16_t>(trouble ? header.flags | has_trouble : header.flags & ~has_trouble);
    insert_message(t, key, header, text);
    if (trouble) t.put(database::trouble, key.bytes(), encode(*trouble));
}

struct dead_letter {
    stored_message message;
    trouble_record trouble;
};

/// Those who died in `name`, oldest death first.
std::vector<dead_letter> letters_of(transaction& t, std::string_view name) {
    std::vector<dead_letter> letters;
    auto const queue = find_queue(t, name).record;
    if (queue.settings.dead_letter.empty() && name.size() + dead_suffix.size() > longest_queue_name)
        return letters; // there is no room for a name of theirs, so nobody can have died
    auto const home = t.get(database::queue, dead_letter_name(name, queue.settings));
    if (!home) return letters;
    auto const number = decode_queue(*home).number;
    std::vector<message_key> keys;
    for (auto found = t.seek(database::trouble, message_key{number, {}}.bytes()); found;
         found = t.next(database::trouble)) {
        auto const key = message_key::read(found->key);
        if (key.queue != number) break;
        auto trouble = decode_trouble(found->value);
        if (trouble.origin == name) letters.push_back({read_message(t, key), std::move(trouble)});
    }
    std::stable_sort(letters.begin(), letters.end(), [](auto const& a, auto const& b) {
        return a.trouble.last_failure_ms < b.trouble.last_failure_ms;
    });
    return letters;
}

} // namespace

trouble_record add_failure(trouble_record trouble, message_header const& header, std::string_view reason,
                           std::string_view err_tail, std::int64_t now_ms) {
    if (trouble.first_failure_ms == 0 || !trouble.origin.empty()) trouble.first_failure_ms = now_ms;
    trouble.origin.clear();
    trouble.last_failure_ms = now_ms;
    trouble.attempts = header.attempts();
    trouble.crashes = header.crashes;
    trouble.reason = reason;
    trouble.err_tail = err_tail;
    return trouble;
}

bool bury(write_transaction& t, std::string_view queue, queue_settings const& settings, stored_message& message,
          trouble_record trouble) {
    // Refused where the limit is set; a letter that is dying may outlive that.
    if (settings.dead_letter.empty() && queue.size() + dead_suffix.size() > longest_queue_name) return false;
    if (!t.grant_room(room_for(t, message) + trouble.reason.size() + trouble.err_tail.size())) return false;
    auto const home = ensure_queue(t, dead_letter_name(queue, settings));
    trouble.origin = queue;
    auto const from = message.key.queue;
    move_to_queue(t, message, home, std::move(trouble));
    ++t.counters(from).dead;
    return true;
}

void postpone_burial(write_transaction& t, std::string_view queue, stored_message& message,
                     std::optional<trouble_record> trouble) {
    if (trouble) {
        trouble->origin = queue;
        write_trouble(t, message, std::move(*trouble), true);
    }
    move_message(t, message, place::lease, t.now().boot_ms + burial_tried_every_ms);
}

bool is_dying(trouble_record const& trouble, std::string_view queue) noexcept {
    return !queue.empty() && trouble.origin == queue; // a dead letter's origin is never the queue that it lies in
}

std::vector<dead_message> list_dead(transaction& t, std::string_view name) {
    std::vector<dead_message> dead;
    for (auto& [message, trouble] : letters_of(t, name))
        dead.push_back({message_id(message.id()), read_text(t, message), std::move(trouble.reason), trouble.attempts,
                        trouble.crashes, wall_ms(std::chrono::milliseconds(trouble.first_failure_ms)),
                        wall_ms(std::chrono::milliseconds(trouble.last_failure_ms)), std::move(trouble.err_tail)});
    return dead;
}

std::uint64_t redrive_dead(write_transaction& t, std::string_view name, std::span<std::string const> ids) {
    auto const queue = find_queue(t, name).record;
    auto letters = letters_of(t, name);
    std::erase_if(letters, [&](dead_letter const& letter) {
        auto const named = std::find(ids.begin(), ids.end(), letter.message.id()) != ids.end();
        // Who holds a dead letter looks into it now: it goes back only when it is named.
        return !named && (!ids.empty() || letter.message.header.place == place::lease);
    });
    std::uint64_t bytes = 0;
    for (auto const& letter : letters) bytes += room_for(t, letter.message);
    t.demand_room(bytes); // all or none
    for (auto& letter : letters) move_to_queue(t, letter.message, queue.number, std::nullopt);
    return letters.size();
}

} // namespace parlance::lmdb_store
