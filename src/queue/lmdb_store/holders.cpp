#include "queue/lmdb_store/operations.hpp"

namespace parlance::lmdb_store {
namespace {

key_bytes<8> holder_key(std::uint64_t id) noexcept {
    key_bytes<8> key;
    key_writer(key.bytes.data()).add(id);
    return key;
}

std::string worker_key(std::uint64_t holder, std::string_view token) {
    return std::string(std::string_view(holder_key(holder))).append(token);
}

worker_record decode_worker(std::string_view key, std::string_view value) {
    value_reader from(value);
    worker_record worker;
    worker.token = key.substr(8);
    worker.pid = from.take<std::int64_t>();
    worker.start_ticks = from.take<std::uint64_t>();
    worker.pid_namespace = from.take<std::uint64_t>();
    worker.boot_id = from.text();
    return worker;
}

/// The leases of a holder, found by walking all leases: a take-over is rare, and leases are few.
std::vector<message_key> held_by(transaction& t, std::uint64_t id) {
    std::vector<message_key> held;
    for (auto e = t.seek(database::lease, std::string_view("\0", 1)); e; e = t.next(database::lease)) {
        std::uint64_t holder = 0;
        if (e->value.size() == sizeof holder) std::memcpy(&holder, e->value.data(), sizeof holder);
        auto const key = lease_key::read(e->key);
        if (holder == id) held.push_back({key.queue, key.id});
    }
    return held;
}

std::string name_of_queue(transaction& t, std::uint32_t number) {
    for (auto e = t.seek(database::queue, std::string_view("\0", 1)); e; e = t.next(database::queue))
        if (decode_queue(e->value).number == number) return std::string(e->key);
    return {};
}

} // namespace

bool put_holder(write_transaction& t, std::uint64_t id, holder_record const& record) {
    t.put(database::holder, holder_key(id), encode(record));
    return true;
}

bool put_worker(write_transaction& t, std::uint64_t holder, worker_record const& worker) {
    t.put(
        database::worker, worker_key(holder, worker.token),
        value_writer().add(worker.pid).add(worker.start_ticks).add(worker.pid_namespace).text(worker.boot_id).bytes());
    return true;
}

bool forget_worker_record(write_transaction& t, std::uint64_t holder, std::string_view token) {
    return t.erase(database::worker, worker_key(holder, token));
}

std::vector<listed_holder> list_holders(transaction& t) {
    std::vector<listed_holder> holders;
    for (auto e = t.seek(database::holder, std::string_view("\0", 1)); e; e = t.next(database::holder))
        holders.push_back({key_reader(e->key).take<std::uint64_t>(), decode_holder(e->value), {}, {}});
    for (auto& holder : holders) {
        for (auto e = t.seek(database::worker, holder_key(holder.id)); e; e = t.next(database::worker)) {
            if (key_reader(e->key).take<std::uint64_t>() != holder.id) break;
            holder.workers.push_back(decode_worker(e->key, e->value));
        }
        for (auto const& key : held_by(t, holder.id))
            holder.held.push_back({name_of_queue(t, key.queue), read_message(t, key).id()});
    }
    return holders;
}

std::uint64_t release_holder(write_transaction& t, std::uint64_t id) {
    auto const held = held_by(t, id);
    for (auto const& key : held) {
        auto message = read_message(t, key);
        ++message.header.uncharged;
        move_message(t, message, place::ready, front_rank); // in front: it was their turn
    }
    while (auto const e = t.seek(database::worker, holder_key(id))) {
        if (key_reader(e->key).take<std::uint64_t>() != id) break;
        t.erase_current(database::worker);
    }
    t.erase(database::holder, holder_key(id));
    return held.size();
}

} // namespace parlance::lmdb_store
