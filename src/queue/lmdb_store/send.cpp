#include "queue/checks.hpp"
#include "queue/lmdb_store/operations.hpp"

namespace parlance::lmdb_store {

void send_messages(write_transaction& t, std::string_view name, std::span<std::string const> texts,
                   std::optional<std::chrono::milliseconds> delay, id_source& ids, std::string* sent_ids) {
    auto const queue = find_queue(t, name).record;
    if (delay) check_duration("delay", *delay);
    std::uint64_t bytes = 0;
    for (auto const& text : texts) {
        check_message(text, queue.settings.maxsize);
        bytes += text.size() + index_room_bytes;
    }
    t.demand_room(bytes);

    auto const wait = static_cast<std::uint64_t>(delay.value_or(queue.settings.delay).count());
    for (auto const& text : texts) {
        message_header header;
        ids.tail(header.tail);
        auto const micros = t.new_micros();
        header.place = wait == 0 ? place::ready : place::timer;
        header.at = t.now().store_ms() + wait;
        insert_message(t, {queue.number, {micros, 0}}, header, text);
        *sent_ids++ = make_message_id(micros, {header.tail, id_tail_length});
    }
    t.counters(queue.number).sent += texts.size();
}

} // namespace parlance::lmdb_store
