#include "queue/lmdb_store/transaction.hpp"

#include "queue/lmdb_store/keys.hpp"

namespace parlance::lmdb_store {
namespace {

/// Waiting processes look at the indexes this often anyway, see `watcher`; what is due later need not wake them.
constexpr std::uint64_t looked_at_every_ms = 5000;
constexpr std::size_t few_messages = 20;

std::string_view stat_bytes(stat_record const& stat) noexcept {
    return {reinterpret_cast<char const*>(&stat), sizeof stat};
}

} // namespace

transaction::~transaction() {
    if (txn_ == nullptr) return;
    if (read_only_)
        for (auto* cursor : cursors_)
            if (cursor != nullptr) mdb_cursor_close(cursor); // a writer's are closed by LMDB
    mdb_txn_abort(txn_);
}

MDB_cursor* transaction::cursor(database which) {
    auto& cursor = cursors_[static_cast<unsigned>(which)];
    if (cursor == nullptr) check(mdb_cursor_open(txn_, env_.dbi(which), &cursor), env_.what().c_str());
    return cursor;
}

std::optional<std::string_view> transaction::get(database from, std::string_view key) {
    auto name = to_val(key);
    MDB_val value{};
    auto const got = mdb_get(txn_, env_.dbi(from), &name, &value);
    if (got == MDB_NOTFOUND) return std::nullopt;
    check(got, env_.what().c_str());
    return to_view(value);
}

std::optional<transaction::entry> transaction::seek(database in, std::string_view key) {
    auto name = to_val(key);
    MDB_val value{};
    auto const got = mdb_cursor_get(cursor(in), &name, &value, MDB_SET_RANGE);
    if (got == MDB_NOTFOUND) return std::nullopt;
    check(got, env_.what().c_str());
    return entry{to_view(name), to_view(value)};
}

std::optional<transaction::entry> transaction::next(database in) {
    MDB_val name{}, value{};
    auto const got = mdb_cursor_get(cursor(in), &name, &value, MDB_NEXT);
    if (got == MDB_NOTFOUND) return std::nullopt;
    check(got, env_.what().c_str());
    return entry{to_view(name), to_view(value)};
}

/// Whether `seek` found this entry just before: then it need not be searched for again.
bool write_transaction::stands_at(database which, std::string_view key) {
    auto* const cursor = cursors_[static_cast<unsigned>(which)];
    MDB_val name{}, value{};
    return cursor != nullptr && mdb_cursor_get(cursor, &name, &value, MDB_GET_CURRENT) == MDB_SUCCESS &&
           to_view(name) == key;
}

void write_transaction::put(database into, std::string_view key, std::string_view value) {
    ++changes_;
    auto name = to_val(key), bytes = to_val(value);
    if (stands_at(into, key))
        check(mdb_cursor_put(cursor(into), &name, &bytes, MDB_CURRENT), env_.what().c_str());
    else
        check(mdb_put(txn_, env_.dbi(into), &name, &bytes, 0), env_.what().c_str());
}

char* write_transaction::put_space(database into, std::string_view key, std::size_t bytes) {
    ++changes_;
    auto name = to_val(key);
    MDB_val space{bytes, nullptr};
    check(mdb_put(txn_, env_.dbi(into), &name, &space, MDB_RESERVE), env_.what().c_str());
    return static_cast<char*>(space.mv_data);
}

bool write_transaction::erase(database from, std::string_view key) {
    if (stands_at(from, key)) return erase_current(from), true;
    auto name = to_val(key);
    auto const got = mdb_del(txn_, env_.dbi(from), &name, nullptr);
    if (got == MDB_NOTFOUND) return false;
    ++changes_;
    check(got, env_.what().c_str());
    return true;
}

void write_transaction::erase_current(database from) {
    ++changes_;
    check(mdb_cursor_del(cursor(from), 0), env_.what().c_str());
}

stat_record& write_transaction::counters(std::uint32_t queue) {
    for (auto& one : tallies_)
        if (one.queue == queue) return one.now;
    stat_record stat;
    if (auto const bytes = get(database::main, stat_key(queue)); bytes && bytes->size() == sizeof stat)
        std::memcpy(&stat, bytes->data(), sizeof stat);
    tallies_.push_back({queue, stat, stat});
    return tallies_.back().now;
}

void write_transaction::forget_counters(std::uint32_t queue) {
    counters(queue) = {};
    for (auto& one : tallies_)
        if (one.queue == queue) one.gone = true;
}

void write_transaction::made_ready(std::uint32_t queue) {
    counters(queue);
    for (auto& one : tallies_)
        if (one.queue == queue) ++one.made_ready;
}

void write_transaction::due_first_in(std::uint64_t in_ms) { news_.sooner |= in_ms < looked_at_every_ms; }

bool write_transaction::grant_room(std::uint64_t bytes) {
    if (cautious_ || !ask_for_room(bytes)) return false;
    return could_do_less_ = true;
}

std::size_t write_transaction::at_most(std::size_t messages) noexcept {
    could_do_less_ |= messages > few_messages;
    return cautious_ ? std::min(messages, few_messages) : messages;
}

bool write_transaction::ask_for_room(std::uint64_t bytes) {
    auto const wanted = granted_bytes_ + bytes;
    if (wanted >= refused_bytes_) return false;
    auto const answer = reserve_.ask(env_, wanted);
    if (answer == reserve::answer::map_full && !env_.cannot_grow()) throw map_full();
    (answer == reserve::answer::enough ? granted_bytes_ : refused_bytes_) = wanted;
    return answer == reserve::answer::enough;
}

void write_transaction::demand_room(std::uint64_t bytes) {
    if (ask_for_room(bytes)) return;
    if (env_.cannot_grow() && reserve_.ask(env_, granted_bytes_ + bytes) == reserve::answer::map_full)
        throw map_full(); // tried once more, and told if it is refused again
    throw failure(errc::store_full, {.input = env_.what(),
                                     .reason = "the disk is full but for the room that acks need",
                                     .mend = "make room on the disk, or let workers finish messages"});
}

std::uint64_t write_transaction::new_micros() {
    if (last_micros_ == 0)
        if (auto const bytes = get(database::main, last_id_key); bytes && bytes->size() == sizeof last_micros_)
            std::memcpy(&last_micros_, bytes->data(), sizeof last_micros_);
    auto const micros = std::max(now_.wall_micros, last_micros_ + 1);
    if (micros >= end_of_ids_micros)
        throw failure(errc::store_unavailable,
                      {.input = env_.what(),
                       .reason = now_.wall_micros < end_of_ids_micros
                                     ? "its youngest id is of November 2085, when rsmq's ids end"
                                     : "the system's clock is past November 2085, when rsmq's ids end",
                       .mend = now_.wall_micros < end_of_ids_micros
                                   ? "make a new store: the clock was that far ahead once"
                                   : "set the clock"});
    new_ids_ = true;
    return last_micros_ = micros;
}

commit_news write_transaction::commit() {
    if (changes_ == 0) return std::move(news_); // nothing to sync; the destructor aborts
    for (auto const& one : tallies_) {
        if (auto const news = std::min(one.made_ready, one.now.ready); news > 0)
            news_.rings.push_back({one.queue, static_cast<std::uint32_t>(std::min<std::uint64_t>(news, everybody))});
        else if (one.now.ready + one.now.leased == 0 && one.before.messages() > 0)
            news_.rings.push_back({one.queue, 0});
        if (one.gone)
            erase(database::main, stat_key(one.queue));
        else if (!(one.now == one.before))
            put(database::main, stat_key(one.queue), stat_bytes(one.now));
    }
    if (new_ids_) put(database::main, last_id_key, {reinterpret_cast<char const*>(&last_micros_), sizeof last_micros_});
    if (env_.clock_is_to_be_noted(now_))
        put(database::main, clock_key, encode(clock_note{now_.zero_ms, now_.store_ms(), now_.wall_ms()}));
    auto* const txn = std::exchange(txn_, nullptr);
    auto const committed = mdb_txn_commit(txn); // frees it, and its cursors, whatever it answers
    gate_.unlock();
    if (committed != MDB_SUCCESS && env_.has_panicked()) check(MDB_PANIC, env_.what().c_str());
    check(committed, env_.what().c_str());
    return std::move(news_);
}

} // namespace parlance::lmdb_store
