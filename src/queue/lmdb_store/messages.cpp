#include "queue/lmdb_store/messages.hpp"

namespace parlance::lmdb_store {
namespace {

std::string_view header_bytes(message_header const& header) noexcept {
    return {reinterpret_cast<char const*>(&header), sizeof header};
}

std::uint64_t& counter_of(stat_record& stat, place where) noexcept {
    switch (where) { // no default: the compiler names the one that is missing
    case place::ready: return stat.ready;
    case place::timer: return stat.delayed;
    case place::lease: return stat.leased;
    }
    return stat.ready;
}

void add_to_index(write_transaction& t, message_key key, message_header const& header, std::uint64_t holder) {
    switch (header.place) {
    case place::ready:
        t.put(database::ready, ready_key{key.queue, header.at, key.id}.bytes(), {});
        t.made_ready(key.queue);
        break;
    case place::timer: {
        auto const name = timer_key{header.at, timer_kind::delay, key.queue, key.id}.bytes();
        t.put(database::timer, name, {});
        auto const now = t.now().store_ms();
        t.due_first_in(header.at > now ? header.at - now : 0);
        break;
    }
    case place::lease: {
        std::string_view const value{reinterpret_cast<char const*>(&holder), holder == 0 ? 0 : sizeof holder};
        t.put(database::lease, lease_key{header.at, key.queue, key.id}.bytes(), value);
        t.due_first_in(header.at > t.now().boot_ms ? header.at - t.now().boot_ms : 0);
        break;
    }
    }
}

void remove_from_index(write_transaction& t, message_key key, message_header const& header) {
    switch (header.place) {
    case place::ready: t.erase(database::ready, ready_key{key.queue, header.at, key.id}.bytes()); break;
    case place::timer:
        t.erase(database::timer, timer_key{header.at, timer_kind::delay, key.queue, key.id}.bytes());
        break;
    case place::lease: t.erase(database::lease, lease_key{header.at, key.queue, key.id}.bytes()); break;
    }
}

[[noreturn]] void damaged(message_key key) {
    throw failure(errc::store_unavailable,
                  {.input = "message " + std::to_string(key.id.micros) + " of queue " + std::to_string(key.queue),
                   .reason = "the store is damaged: an index names a message that is not there",
                   .mend = "restore the store's directory from a copy"});
}

stored_message copy_out(message_key key, std::string_view value) {
    stored_message message{key, {}, {}};
    if (value.size() < sizeof message.header) damaged(key);
    std::memcpy(&message.header, value.data(), sizeof message.header);
    if (message.header.body_at < sizeof message.header || message.header.body_at > value.size()) damaged(key);
    message.rest.assign(value.begin() + sizeof message.header, value.end());
    return message;
}

} // namespace

std::string stored_message::id() const { return make_message_id(key.id.micros, {header.tail, id_tail_length}); }

stored_message read_message(transaction& t, message_key key) {
    auto const bytes = key.bytes();
    auto const found = t.seek(database::message, bytes);
    if (!found || found->key != std::string_view(bytes)) damaged(key);
    return copy_out(key, found->value);
}

std::optional<stored_message> find_message(transaction& t, std::uint32_t queue, std::string_view id) {
    auto const micros = sent_micros_of(id);
    if (!micros) return std::nullopt;
    for (auto found = t.seek(database::message, message_key{queue, {*micros, 0}}.bytes()); found;
         found = t.next(database::message)) {
        auto const key = message_key::read(found->key);
        if (key.queue != queue || key.id.micros != *micros) break;
        auto message = copy_out(key, found->value);
        if (std::string_view(message.header.tail, id_tail_length) == id.substr(id_time_length)) return message;
    }
    return std::nullopt;
}

std::string read_text(transaction& t, stored_message const& message) {
    if (message.header.flags & body_apart) {
        auto const body = t.get(database::body, message.key.bytes());
        if (!body) damaged(message.key);
        return std::string(*body);
    }
    auto const skip = message.header.body_at - sizeof message.header;
    return {message.rest.data() + skip, message.rest.size() - skip};
}

std::uint64_t room_for(transaction& t, stored_message const& message) {
    auto const apart = message.header.flags & body_apart ? t.get(database::body, message.key.bytes())
                                                         : std::optional<std::string_view>{};
    return index_room_bytes + message.rest.size() + (apart ? apart->size() : 0);
}

trouble_record read_trouble(transaction& t, stored_message const& message) {
    if (!(message.header.flags & has_trouble)) return {};
    auto const bytes = t.get(database::trouble, message.key.bytes());
    return bytes ? decode_trouble(*bytes) : trouble_record{};
}

void insert_message(write_transaction& t, message_key key, message_header header, std::string_view text) {
    auto const name = key.bytes();
    header.queue = key.queue;
    header.body_at = sizeof header;
    auto const apart = text.size() > longest_inline_body;
    header.flags = static_cast<std::uint16_t>(apart ? header.flags | body_apart : header.flags & ~body_apart);
    auto* const space = t.put_space(database::message, name, sizeof header + (apart ? 0 : text.size()));
    std::memcpy(space, &header, sizeof header);
    if (!apart && !text.empty()) std::memcpy(space + sizeof header, text.data(), text.size());
    if (apart) std::memcpy(t.put_space(database::body, name, text.size()), text.data(), text.size());
    add_to_index(t, key, header, 0);
    ++counter_of(t.counters(key.queue), header.place);
}

void move_message(write_transaction& t, stored_message& message, place to, std::uint64_t at, std::uint64_t holder) {
    remove_from_index(t, message.key, message.header);
    auto& stat = t.counters(message.key.queue);
    --counter_of(stat, message.header.place);
    ++counter_of(stat, to);
    message.header.place = to;
    message.header.at = at;
    add_to_index(t, message.key, message.header, holder);

    boost::container::small_vector<char, 512 + sizeof(message_header)> value;
    auto const header = header_bytes(message.header);
    value.assign(header.begin(), header.end());
    value.insert(value.end(), message.rest.begin(), message.rest.end());
    t.put(database::message, message.key.bytes(), {value.data(), value.size()}); // the same size: written in place
}

void erase_message(write_transaction& t, stored_message const& message) {
    auto const name = message.key.bytes();
    remove_from_index(t, message.key, message.header);
    --counter_of(t.counters(message.key.queue), message.header.place);
    t.erase(database::message, name);
    if (message.header.flags & body_apart) t.erase(database::body, name);
    if (message.header.flags & has_trouble) t.erase(database::trouble, name);
}

void write_trouble(write_transaction& t, stored_message& message, trouble_record trouble, bool needed) {
    auto const grows = trouble.reason.size() + trouble.err_tail.size() + index_room_bytes;
    if (!t.grant_room(grows)) {
        if (!needed && !(message.header.flags & has_trouble)) return;
        trouble.err_tail.clear();
    }
    t.put(database::trouble, message.key.bytes(), encode(trouble));
    message.header.flags |= has_trouble;
}

} // namespace parlance::lmdb_store
