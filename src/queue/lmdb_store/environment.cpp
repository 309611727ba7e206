#include "queue/lmdb_store/environment.hpp"

#include "queue/lmdb_store/records.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include <mutex>

namespace parlance::lmdb_store {
namespace {

constexpr std::size_t lock_file_bytes = 128 << 10; ///< about 2,000 readers
constexpr std::uint64_t reader_check_every_ms = 5000;
constexpr std::uint64_t clock_note_every_ms = 10'000;

unsigned flags_of(durability mode) noexcept {
    switch (mode) { // no default: the compiler names the one that is missing
    case durability::durable: return 0;
    case durability::relaxed: return MDB_NOMETASYNC;
    case durability::fast: return MDB_NOSYNC;
    }
    return 0;
}

/// A transaction that is aborted unless it was committed.
struct plain_transaction {
    MDB_txn* txn = nullptr;
    ~plain_transaction() {
        if (txn != nullptr) mdb_txn_abort(txn);
    }
    void commit() { check(mdb_txn_commit(std::exchange(txn, nullptr)), "store"); }
};

std::optional<std::string_view> read(MDB_txn* txn, MDB_dbi main, std::string_view name) {
    auto key = to_val(name);
    MDB_val value{};
    auto const got = mdb_get(txn, main, &key, &value);
    if (got == MDB_NOTFOUND) return std::nullopt;
    check(got, "store");
    return to_view(value);
}

void write(MDB_txn* txn, MDB_dbi main, std::string_view name, std::string const& record) {
    auto key = to_val(name), value = to_val(record);
    check(mdb_put(txn, main, &key, &value, 0), "store");
}

std::optional<format_record> read_format(MDB_txn* txn, MDB_dbi main) {
    auto const bytes = read(txn, main, format_key);
    return bytes ? std::optional(decode_format(*bytes)) : std::nullopt;
}

void check_version(format_record const& format, std::string const& directory) {
    if (format.version == format_version) return;
    throw failure(errc::store_newer, {.input = "store " + directory,
                                      .reason = "it has format " + std::to_string(format.version) +
                                                ", this parlance reads format " + std::to_string(format_version),
                                      .mend = "use the parlance that made it, or name another store"});
}

} // namespace

environment::environment(std::string directory, std::optional<parlance::durability> wanted, open_options options)
    : directory_(std::move(directory)), what_("store " + directory_), wanted_(wanted), options_(std::move(options)),
      process_(::getpid()), in_use_(lock_store(directory_)), map_bytes_(options_.map_bytes) {
    if (options_.boot_id.empty()) options_.boot_id = boot_id();
    try {
        open();
    } catch (...) {
        if (env_ != nullptr) mdb_env_close(env_);
        throw;
    }
}

environment::~environment() {
    if (::getpid() == process_) mdb_env_close(env_); // in a forked child it is the parent's
}

void environment::open() {
    static_cast<void>(make_whole_file(directory_ + "/" + std::string(lock_file), lock_file_bytes));
    check(mdb_env_create(&env_), what_.c_str());
    check(mdb_env_set_mapsize(env_, options_.map_bytes), what_.c_str());
    check(mdb_env_set_maxdbs(env_, database_count), what_.c_str());
    check(mdb_env_set_maxreaders(env_, 1024), what_.c_str());
    auto const opened = mdb_env_open(env_, directory_.c_str(), MDB_NOTLS, 0600);
    check(opened, what_.c_str());
    int data = -1;
    if (mdb_env_get_fd(env_, &data) == MDB_SUCCESS) ::fcntl(data, F_SETFD, FD_CLOEXEC); // LMDB 0.9.24 forgets it
    int dead = 0;
    check(mdb_reader_check(env_, &dead), what_.c_str());
    MDB_envinfo info{};
    mdb_env_info(env_, &info);
    map_bytes_ = info.me_mapsize; // a larger one where the store had outgrown ours
    if (!open_existing()) make_or_update();
    check(mdb_env_set_flags(env_, flags_of(durability_), 1), what_.c_str());
}

bool environment::open_existing() {
    std::shared_lock<std::shared_mutex> gate;
    plain_transaction read_txn{begin(MDB_RDONLY, gate)};
    check(mdb_dbi_open(read_txn.txn, nullptr, 0, &dbis_[0]), what_.c_str());
    auto const format = read_format(read_txn.txn, dbis_[0]);
    if (!format) return false;
    check_version(*format, directory_);
    accept_mode(format->durability);
    auto const note = read(read_txn.txn, dbis_[0], clock_key);
    if (format->boot_id != options_.boot_id || !note) return false;
    zero_ms_ = decode_clock(*note).zero_ms;
    for (std::size_t i = 1; i < database_count; ++i)
        check(mdb_dbi_open(read_txn.txn, database_names[i].data(), 0, &dbis_[i]), what_.c_str());
    read_txn.commit(); // keeps the handles
    return true;
}

void environment::make_or_update() {
    std::shared_lock<std::shared_mutex> gate;
    plain_transaction write_txn{begin(0, gate)};
    check(mdb_dbi_open(write_txn.txn, nullptr, 0, &dbis_[0]), what_.c_str());
    auto format = read_format(write_txn.txn, dbis_[0]);
    if (!format)
        format = format_record{.durability = wanted_.value_or(parlance::durability::durable),
                               .boot_id = options_.boot_id,
                               .created_ms = static_cast<std::int64_t>(options_.clock->now().wall_ms())};
    check_version(*format, directory_);
    accept_mode(format->durability);
    other_boot_ = std::exchange(format->boot_id, options_.boot_id) != options_.boot_id;
    for (std::size_t i = 1; i < database_count; ++i)
        check(mdb_dbi_open(write_txn.txn, database_names[i].data(), MDB_CREATE, &dbis_[i]), what_.c_str());
    // The new boot's name and time are written with the leases' end (leases_of_another_boot), not before it.
    if (!other_boot_) {
        write(write_txn.txn, dbis_[0], format_key, encode(*format));
        auto const now = options_.clock->now();
        auto const note = read(write_txn.txn, dbis_[0], clock_key);
        zero_ms_ = note ? decode_clock(*note).zero_ms : zero_of_new_boot({}, now);
        write(write_txn.txn, dbis_[0], clock_key, encode(clock_note{zero_ms_, zero_ms_ + now.boot_ms, now.wall_ms()}));
    }
    write_txn.commit();
    unique_fd const folder(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get()); // else the files' names may be lost at a power loss
}

void environment::accept_mode(parlance::durability recorded) {
    if (wanted_ && *wanted_ != recorded)
        throw failure(errc::invalid_argument,
                      {.input = what_,
                       .reason = "it was made with durability " + std::string(name_of(recorded)) + ", not " +
                                 std::string(name_of(*wanted_)),
                       .mend = "leave durability out of the URL, or make another store"});
    durability_ = recorded;
}

MDB_txn* environment::begin(unsigned flags, std::shared_lock<std::shared_mutex>& gate) {
    for (int tries = 0;; ++tries) {
        if (map_is_lost_) check(MDB_PANIC, what_.c_str());
        gate = std::shared_lock(gate_);
        MDB_txn* txn = nullptr;
        auto const result = mdb_txn_begin(env_, nullptr, flags, &txn);
        if (result == MDB_SUCCESS) return txn;
        gate.unlock();
        if (result == MDB_MAP_RESIZED && tries < 100) {
            std::unique_lock const alone(gate_); // another process has doubled it, perhaps more than once
            check(remap(map_bytes_ * 2), what_.c_str());
        } else if (result == MDB_READERS_FULL && tries == 0) {
            check_readers(0, true);
        } else {
            check(result, what_.c_str());
        }
    }
}

/// LMDB unmaps before it maps: refused then, it would have no map at all. So the room is tried first. Under the gate.
int environment::remap(std::size_t bytes) {
    int data = -1;
    mdb_env_get_fd(env_, &data);
    auto* const room = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, data, 0);
    if (room == MAP_FAILED) return errno;
    ::munmap(room, bytes);
    auto const result = mdb_env_set_mapsize(env_, bytes);
    map_is_lost_ = result != MDB_SUCCESS;
    if (result == MDB_SUCCESS) map_bytes_ = bytes;
    return result;
}

void environment::grow(std::size_t full_bytes) {
    std::unique_lock const alone(gate_);
    if (map_bytes_ != full_bytes) return;
    auto const refused = remap(full_bytes * 2);
    if (!cannot_grow_.exchange(refused != 0) || refused == 0) return;
    throw failure(errc::store_full, {.input = what_,
                                     .reason = "its map of " + std::to_string(full_bytes) +
                                               " bytes is full and cannot be doubled: " + std::strerror(refused),
                                     .mend = "raise the limit of address space (ulimit -v), or let workers finish "
                                             "messages"});
}

bool environment::has_panicked() {
    std::shared_lock const still(gate_);
    MDB_txn* txn = nullptr;
    auto const result = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
    if (result == MDB_SUCCESS) mdb_txn_abort(txn);
    return result == MDB_PANIC;
}

bool environment::clock_is_to_be_noted(moment const& now) noexcept {
    if (now.store_ms() < clock_noted_ms_ + clock_note_every_ms) return false;
    clock_noted_ms_ = now.store_ms();
    return true;
}

void environment::check_readers(std::uint64_t boot_ms, bool now) {
    auto checked = readers_checked_ms_.load(std::memory_order_relaxed);
    if (!now && boot_ms < checked + reader_check_every_ms) return;
    if (!readers_checked_ms_.compare_exchange_strong(checked, boot_ms) && !now) return;
    int dead = 0;
    mdb_reader_check(env_, &dead);
}

} // namespace parlance::lmdb_store
