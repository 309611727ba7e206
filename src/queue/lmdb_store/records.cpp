#include "queue/lmdb_store/records.hpp"

namespace parlance::lmdb_store {
namespace {

void check(value_reader const& from, char const* what) {
    if (!from.bad()) return;
    throw failure(errc::store_unavailable, {.input = std::string(what) + " record of the store",
                                            .reason = "damaged: it is shorter than it says",
                                            .mend = "restore the store's directory from a copy"});
}

std::int64_t count(std::chrono::milliseconds time) { return time.count(); }

} // namespace

std::string encode(queue_record const& queue) {
    auto const& set = queue.settings;
    return value_writer()
        .add(queue.number)
        .add(static_cast<std::uint32_t>(set.paused ? 1 : 0)) // the other bits are reserved: priority mode, on-dead
        .add(queue.created_s)
        .add(queue.modified_s)
        .add(static_cast<std::int64_t>(set.vt.count()))
        .add(static_cast<std::int64_t>(set.delay.count()))
        .add(set.maxsize)
        .add(count(set.backoff.first))
        .add(count(set.backoff.longest))
        .add(std::int64_t{0}) // reserved: dedupe window
        .add(set.max_receives)
        .text(set.dead_letter)
        .bytes();
}

queue_record decode_queue(std::string_view bytes) {
    value_reader from(bytes);
    queue_record queue;
    auto& set = queue.settings;
    queue.number = from.take<std::uint32_t>();
    set.paused = (from.take<std::uint32_t>() & 1) != 0;
    queue.created_s = from.take<std::int64_t>();
    queue.modified_s = from.take<std::int64_t>();
    set.vt = std::chrono::seconds(from.take<std::int64_t>());
    set.delay = std::chrono::seconds(from.take<std::int64_t>());
    set.maxsize = from.take<std::int64_t>();
    set.backoff.first = std::chrono::milliseconds(from.take<std::int64_t>());
    set.backoff.longest = std::chrono::milliseconds(from.take<std::int64_t>());
    from.take<std::int64_t>();
    set.max_receives = from.take<std::uint32_t>();
    set.dead_letter = from.text();
    check(from, "queue");
    return queue;
}

std::string encode(trouble_record const& trouble) {
    return value_writer()
        .add(trouble.attempts)
        .add(trouble.crashes)
        .add(trouble.first_failure_ms)
        .add(trouble.last_failure_ms)
        .text(trouble.origin)
        .text(trouble.reason)
        .text(trouble.err_tail)
        .bytes();
}

trouble_record decode_trouble(std::string_view bytes) {
    value_reader from(bytes);
    trouble_record trouble;
    trouble.attempts = from.take<std::uint32_t>();
    trouble.crashes = from.take<std::uint32_t>();
    trouble.first_failure_ms = from.take<std::int64_t>();
    trouble.last_failure_ms = from.take<std::int64_t>();
    trouble.origin = from.text();
    trouble.reason = from.text();
    trouble.err_tail = from.text();
    check(from, "trouble");
    return trouble;
}

std::string encode(format_record const& format) {
    return value_writer()
        .add(format.version)
        .add(static_cast<std::uint32_t>(format.durability))
        .add(format.created_ms)
        .text(format.boot_id)
        .bytes();
}

format_record decode_format(std::string_view bytes) {
    value_reader from(bytes);
    format_record format;
    format.version = from.take<std::uint32_t>();
    if (format.version == format_version) {
        format.durability = static_cast<durability>(from.take<std::uint32_t>());
        format.created_ms = from.take<std::int64_t>();
        format.boot_id = from.text();
    }
    check(from, "format");
    return format;
}

std::string encode(holder_record const& holder) {
    return value_writer()
        .add(holder.pid)
        .add(holder.uid)
        .add(holder.pid_namespace)
        .add(holder.started_ms)
        .text(holder.boot_id)
        .bytes();
}

holder_record decode_holder(std::string_view bytes) {
    value_reader from(bytes);
    holder_record holder;
    holder.pid = from.take<std::int64_t>();
    holder.uid = from.take<std::uint32_t>();
    holder.pid_namespace = from.take<std::uint64_t>();
    holder.started_ms = from.take<std::int64_t>();
    holder.boot_id = from.text();
    check(from, "holder");
    return holder;
}

std::string encode(clock_note const& note) {
    return value_writer().add(note.zero_ms).add(note.store_ms).add(note.wall_ms).bytes();
}

clock_note decode_clock(std::string_view bytes) {
    value_reader from(bytes);
    clock_note note{};
    note.zero_ms = from.take<std::uint64_t>();
    note.store_ms = from.take<std::uint64_t>();
    note.wall_ms = from.take<std::uint64_t>();
    check(from, "clock");
    return note;
}

} // namespace parlance::lmdb_store
