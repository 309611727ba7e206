#include "queue/checks.hpp"
#include "queue/lmdb_store/operations.hpp"

namespace parlance::lmdb_store {
namespace {

std::optional<queue_record> look_up(transaction& t, std::string_view name) {
    auto const bytes = t.get(database::queue, name);
    return bytes ? std::optional(decode_queue(*bytes)) : std::nullopt;
}

std::uint32_t new_queue_number(write_transaction& t) {
    std::uint32_t number = 1;
    if (auto const bytes = t.get(database::main, next_queue_key); bytes && bytes->size() == sizeof number)
        std::memcpy(&number, bytes->data(), sizeof number);
    auto const next = number + 1;
    t.put(database::main, next_queue_key, {reinterpret_cast<char const*>(&next), sizeof next});
    return number;
}

std::int64_t seconds(moment now) noexcept { return static_cast<std::int64_t>(now.wall_ms() / 1000); }

std::uint32_t add_queue(write_transaction& t, std::string_view name, queue_settings const& settings) {
    auto const number = new_queue_number(t);
    t.put(database::queue, name, encode(queue_record{number, seconds(t.now()), seconds(t.now()), settings}));
    return number;
}

std::optional<std::uint64_t> oldest_micros(transaction& t, std::uint32_t queue) {
    auto const first = t.seek(database::message, message_key{queue, {}}.bytes());
    if (!first) return std::nullopt;
    auto const key = message_key::read(first->key);
    return key.queue == queue ? std::optional(key.id.micros) : std::nullopt;
}

queue_info make_info(transaction& t, std::string_view name, queue_record const& queue, stat_record const& stat) {
    auto const& set = queue.settings;
    queue_info info{};
    info.name = name;
    info.vt = set.vt;
    info.delay = set.delay;
    info.maxsize = set.maxsize;
    info.totalrecv = stat.received;
    info.totalsent = stat.sent;
    info.created = std::chrono::sys_seconds(std::chrono::seconds(queue.created_s));
    info.modified = std::chrono::sys_seconds(std::chrono::seconds(queue.modified_s));
    info.msgs = stat.messages();
    info.hiddenmsgs = stat.delayed + stat.leased;
    info.leased = stat.leased;
    info.max_receives = set.max_receives;
    if (has_dead_letter_name(name, set)) info.dead_letter = dead_letter_name(name, set);
    info.backoff = set.backoff;
    info.paused = set.paused;
    info.acked = stat.acked;
    info.dead = stat.dead;
    if (auto const oldest = oldest_micros(t, queue.number)) {
        auto const now = t.now().wall_micros;
        info.oldest_age = std::chrono::milliseconds(now > *oldest ? (now - *oldest) / 1000 : 0);
    }
    return info;
}

std::uint64_t erase_all(write_transaction& t, std::uint32_t queue) {
    std::uint64_t count = 0;
    while (auto const first = t.seek(database::message, message_key{queue, {}}.bytes())) {
        auto const key = message_key::read(first->key);
        if (key.queue != queue) break;
        erase_message(t, read_message(t, key));
        ++count;
    }
    return count;
}

} // namespace

queue_view find_queue(transaction& t, std::string_view name) {
    auto record = look_up(t, name);
    if (!record)
        throw failure(errc::queue_not_found, {.input = "queue " + std::string(name),
                                              .mend = "make it with create, or see `list` for those that are there",
                                              .facts = {{"queue", name}}});
    return {name, std::move(*record)};
}

bool create_queue(write_transaction& t, std::string_view name, queue_options const& options) {
    auto const settings = apply(options, {}, name); // rsmq checks the values before it looks for the queue
    if (look_up(t, name)) return false;
    add_queue(t, name, settings);
    return true;
}

std::uint32_t ensure_queue(write_transaction& t, std::string_view name) {
    if (auto const there = look_up(t, name)) return there->number;
    return add_queue(t, name, {});
}

queue_info set_queue(write_transaction& t, std::string_view name, queue_options const& options) {
    static_cast<void>(apply(options, {}, {})); // values first, as rsmq does
    auto const before = find_queue(t, name);
    auto queue = before.record;
    queue.settings = apply(options, queue.settings, name);
    note_former_home(t, before, queue.settings);
    queue.modified_s = seconds(t.now());
    t.put(database::queue, name, encode(queue));
    return make_info(t, name, queue, t.counters(queue.number));
}

queue_info describe_queue(transaction& t, std::string_view name) {
    auto const queue = find_queue(t, name).record;
    return make_info(t, name, queue, read_counters(t, queue.number));
}

std::uint64_t purge_queue(write_transaction& t, std::string_view name) {
    return erase_all(t, find_queue(t, name).record.number);
}

std::uint64_t remove_queue(write_transaction& t, std::string_view name) {
    auto const number = find_queue(t, name).record.number;
    auto const count = erase_all(t, number);
    t.forget_counters(number);
    forget_former_homes(t, number);
    t.erase(database::queue, name);
    t.ring_all(number); // who waits there is told that it is gone
    return count;
}

bool pause_queue(write_transaction& t, std::string_view name, bool paused) {
    auto queue = find_queue(t, name).record;
    if (queue.settings.paused == paused) return false;
    queue.settings.paused = paused;
    t.put(database::queue, name, encode(queue));
    t.ring_all(queue.number);
    return true;
}

std::vector<std::string> list_queues(transaction& t) {
    std::vector<std::string> names;
    for (auto found = t.seek(database::queue, std::string_view("\0", 1)); found; found = t.next(database::queue))
        names.emplace_back(found->key);
    return names;
}

stat_record read_counters(transaction& t, std::uint32_t queue) {
    stat_record stat;
    if (auto const bytes = t.get(database::main, stat_key(queue)); bytes && bytes->size() == sizeof stat)
        std::memcpy(&stat, bytes->data(), sizeof stat);
    return stat;
}

} // namespace parlance::lmdb_store
