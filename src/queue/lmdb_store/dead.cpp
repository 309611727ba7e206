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

/// The number of the queue for the dead of `name`; none where it was never needed.
std::optional<std::uint32_t> home_of(transaction& t, std::string_view name, queue_settings const& settings) {
    if (!has_dead_letter_name(name, settings)) return std::nullopt;
    auto const bytes = t.get(database::queue, dead_letter_name(name, settings));
    return bytes ? std::optional(decode_queue(*bytes).number) : std::nullopt;
}

std::vector<std::uint32_t> former_homes(transaction& t, std::uint32_t queue) {
    std::vector<std::uint32_t> homes;
    auto const first = former_home_key(queue, 0);
    auto const prefix = std::string_view(first).substr(0, 6);
    for (auto found = t.seek(database::main, first); found; found = t.next(database::main)) {
        if (!found->key.starts_with(prefix)) break;
        homes.push_back(key_reader(found->key.substr(prefix.size())).take<std::uint32_t>());
    }
    return homes;
}

void add_letters_in(transaction& t, std::uint32_t home, std::string_view name, std::vector<dead_letter>& letters) {
    for (auto found = t.seek(database::trouble, message_key{home, {}}.bytes()); found;
         found = t.next(database::trouble)) {
        auto const key = message_key::read(found->key);
        if (key.queue != home) break;
        auto trouble = decode_trouble(found->value);
        if (trouble.origin == name) letters.push_back({read_message(t, key), std::move(trouble)});
    }
}

/// Those who died in `name`, oldest death first.
std::vector<dead_letter> letters_of(transaction& t, std::string_view name) {
    std::vector<dead_letter> letters;
    auto const queue = find_queue(t, name).record;
    auto homes = former_homes(t, queue.number);
    auto const home = home_of(t, name, queue.settings);
    if (home && std::ranges::find(homes, *home) == homes.end()) homes.push_back(*home);
    for (auto const one : homes) add_letters_in(t, one, name, letters);
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
    if (!has_dead_letter_name(queue, settings)) return false; // refused earlier; a dying letter may outlive that
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

void note_former_home(write_transaction& t, queue_view const& before, queue_settings const& after) {
    auto const home = home_of(t, before.name, before.record.settings);
    if (home && home != home_of(t, before.name, after))
        t.put(database::main, former_home_key(before.record.number, *home), {});
}

void forget_former_homes(write_transaction& t, std::uint32_t queue) {
    for (auto const home : former_homes(t, queue)) t.erase(database::main, former_home_key(queue, home));
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
