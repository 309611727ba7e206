#include "queue/checks.hpp"
#include "queue/lmdb_store/operations.hpp"

namespace parlance::lmdb_store {
namespace {

std::optional<message_key> first_ready(write_transaction& t, std::uint32_t queue) {
    auto const found = t.seek(database::ready, ready_key{queue, 0, {}}.bytes());
    if (!found) return std::nullopt;
    auto const key = ready_key::read(found->key);
    if (key.queue != queue) return std::nullopt;
    return message_key{queue, key.id};
}

/// Counts the receive in the message's header, which the caller writes or drops.
received_message hand_out(write_transaction& t, stored_message& message) {
    auto& header = message.header;
    if (++header.rc == 1) header.first_received_ms = static_cast<std::int64_t>(t.now().wall_ms());
    return {message.id(),      read_text(t, message), header.rc,
            header.attempts(), header.crashes,        header.first_received_ms};
}

/// Everything that is due gets its place, as far as it takes for this queue to have something: one sweep has a limit,
/// which another queue may use up.
void sweep_for(write_transaction& t, std::uint32_t queue) {
    while (!sweep(t) && !first_ready(t, queue)) {}
}

} // namespace

std::vector<received_message> receive_messages(write_transaction& t, std::string_view name,
                                               receive_request const& request) {
    auto const queue = find_queue(t, name).record;
    if (request.vt) check_duration("vt", *request.vt);
    std::vector<received_message> got;
    if (queue.settings.paused) return got;
    sweep_for(t, queue.number);
    auto const lease =
        static_cast<std::uint64_t>(request.vt.value_or(std::chrono::milliseconds(queue.settings.vt)).count());
    auto const count = t.at_most(request.count);
    while (got.size() < count) {
        auto const key = first_ready(t, queue.number);
        if (!key) break;
        auto message = read_message(t, *key);
        got.push_back(hand_out(t, message));
        move_message(t, message, place::lease, t.now().boot_ms + lease, request.holder);
    }
    if (!got.empty()) t.counters(queue.number).received += got.size();
    return got;
}

std::optional<received_message> pop_message(write_transaction& t, std::string_view name) {
    auto const queue = find_queue(t, name).record;
    if (queue.settings.paused) return std::nullopt;
    sweep_for(t, queue.number);
    auto const key = first_ready(t, queue.number);
    if (!key) return std::nullopt;
    auto message = read_message(t, *key);
    auto got = hand_out(t, message);
    erase_message(t, message);
    ++t.counters(queue.number).received;
    return got;
}

void give_back(write_transaction& t, std::string_view name, std::span<received_message const> messages) {
    auto const bytes = t.get(database::queue, name);
    if (!bytes) return; // removed meanwhile, with its messages
    auto const queue = decode_queue(*bytes).number;
    for (auto const& given : messages) {
        auto message = find_message(t, queue, given.id);
        if (!message || message->header.place != place::lease || message->header.rc != given.rc) continue;
        ++message->header.uncharged;
        move_message(t, *message, place::ready, front_rank);
    }
}

} // namespace parlance::lmdb_store
