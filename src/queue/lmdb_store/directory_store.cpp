#include "queue/lmdb_store/directory_store.hpp"

#include "queue/lmdb_store/perform.hpp"

#include <map>

namespace parlance::lmdb_store {
namespace {

/// The stores that this process has open. An entry goes only when its environment is closed.
struct registry {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<directory_identity, std::weak_ptr<directory_store>> stores;
};
registry& opened() {
    static auto* const all = new registry; // outlives every store, whoever drops the last one
    return *all;
}

void check_mode(directory_store const& store, std::string const& directory, std::optional<durability> wanted) {
    if (!wanted || *wanted == store.durability()) return;
    throw failure(errc::invalid_argument,
                  {.input = "store " + directory,
                   .reason = "it was made with durability " + std::string(name_of(store.durability())) + ", not " +
                             std::string(name_of(*wanted)),
                   .mend = "leave durability out of the URL, or make another store"});
}

/// The first opener after a boot carries the store's time on, and ends the leases, whose clock is gone.
bool begin_boot(write_transaction& t, environment& env) {
    auto format = decode_format(t.get(database::main, format_key).value_or(std::string_view{}));
    auto const bytes = t.get(database::main, clock_key);
    auto const note = bytes ? std::optional(decode_clock(*bytes)) : std::nullopt;
    auto now = t.now();
    auto const others_did = format.boot_id == env.options().boot_id && note;
    now.zero_ms = others_did ? note->zero_ms : zero_of_new_boot(note, now);
    env.begin_time_at(now.zero_ms);
    if (others_did) return false;
    t.begins_at(now);
    t.put(database::main, clock_key, encode(clock_note{now.zero_ms, now.store_ms(), now.wall_ms()}));
    end_all_leases(t);
    format.boot_id = env.options().boot_id;
    t.put(database::main, format_key, encode(format));
    return true;
}

} // namespace

directory_store::tails::tails() {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
    random.seed(seed);
}

void directory_store::tails::tail(char (&tail)[id_tail_length]) noexcept {
    make_id_tail(tail, {random(), random(), random()});
}

directory_store::directory_store(std::string const& directory, std::optional<parlance::durability> wanted,
                                 open_options options)
    : process_(::getpid()), env_(directory, wanted, std::move(options)), reserve_(env_.options().reserve_bytes),
      bell_(directory) {
    watcher_ = std::make_unique<watcher>(
        bell_, watcher::duties{.next_due = [this] { return look([](transaction& t) { return next_due_in(t); }); },
                               .sweep = [this] { sweep_all(); },
                               .housekeeping = [this] { env_.check_readers(now().boot_ms); }});
    if (env_.leases_of_another_boot()) {
        auto begin = [this](write_transaction& t) { return begin_boot(t, env_); };
        commit_now(begin);
    }
    if (env_.durability() == parlance::durability::fast) return; // a hand-over to another thread costs more than it
    committer_ = std::make_unique<committer>([this](std::function<void(write_transaction&)> const& work) {
        auto operation = [&](write_transaction& t) { return work(t), true; };
        commit_now(operation);
    });
}

directory_store::~directory_store() {
    if (::getpid() == process_) return;
    static_cast<void>(committer_.release()); // in a forked child: their threads are the parent's
    static_cast<void>(watcher_.release());
}

std::shared_ptr<directory_store>
directory_store::open(std::string const& directory, std::optional<parlance::durability> wanted, open_options options) {
    auto const identity = prepare_directory(directory);
    auto& all = opened();
    std::unique_lock lock(all.mutex);
    for (auto found = all.stores.find(identity); found != all.stores.end(); found = all.stores.find(identity)) {
        if (auto store = found->second.lock()) {
            store->check_process();
            check_mode(*store, directory, wanted);
            store->look([](transaction&) { return true; }); // one that takes no more is not handed out
            return store;
        }
        all.changed.wait(lock); // it is being closed
    }
    auto const close = [identity, &all](directory_store* store) {
        delete store;
        std::lock_guard const again(all.mutex);
        all.stores.erase(identity);
        all.changed.notify_all();
    };
    auto made = std::unique_ptr<directory_store>(new directory_store(directory, wanted, std::move(options)));
    std::shared_ptr<directory_store> store(made.release(), close);
    all.stores[identity] = store;
    return store;
}

void directory_store::check_process() const {
    if (::getpid() == process_) return;
    throw failure(errc::store_unavailable, {.input = "store " + env_.directory(),
                                            .reason = "it was opened before a fork, by the parent",
                                            .mend = "open stores after the fork, or exec in the child"});
}

/// On the watcher's thread.
void directory_store::sweep_all() {
    for (bool all = false; !all;) {
        auto operation = [](write_transaction& t) { return sweep(t); };
        all = commit_now(operation);
    }
}

} // namespace parlance::lmdb_store
