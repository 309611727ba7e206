// Holders: processes that hold messages for their workers, and what becomes of those that died.
#include "queue/lmdb_store/perform.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

namespace parlance::lmdb_store {
namespace {

std::uint64_t own_pid_namespace() {
    struct stat status{};
    return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

std::string lock_path(std::string const& directory, std::uint64_t id) {
    char name[17];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(id));
    return directory + "/" + std::string(holders_directory) + "/" + name + ".lock";
}

[[noreturn]] void refuse(std::string const& path, int number) {
    throw failure(number == ENOSPC ? errc::store_full : errc::store_unavailable,
                  {.input = path, .reason = std::strerror(number)});
}

bool lock_now(unique_fd const& file, std::string const& path) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) refuse(path, errno);
    return false;
}

struct tried_lock {
    unique_fd file{}; ///< none where somebody lives who holds it, or where it is not ours to open
    bool missing = false;
};

/// Only looks: makes no file, which nobody would remove.
tried_lock try_existing(std::string const& path) {
    unique_fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file && errno == ENOENT) return {.missing = true};
    if (!file && (errno == EACCES || errno == EPERM)) return {}; // another user's
    if (!file) refuse(path, errno);
    if (!lock_now(file, path)) return {};
    return {std::move(file)};
}

/// None where a look for orphans had the file first, and removes it.
unique_fd make_locked(std::string const& path) {
    unique_fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file && errno == EEXIST) return unique_fd();
    if (!file) refuse(path, errno);
    struct stat status{};
    if (!lock_now(file, path) || (::fstat(file.get(), &status) == 0 && status.st_nlink == 0)) return unique_fd();
    return file;
}

std::uint64_t random_id() {
    std::random_device device;
    for (;;)
        if (auto const id = (std::uint64_t{device()} << 32) | device(); id != 0) return id;
}

struct candidate {
    std::uint64_t id;
    unique_fd lock;
};

/// Lock files that nobody holds and of which no record tells: of one who died between the two. Ours until dropped.
std::vector<candidate> orphaned_locks(std::string const& directory, std::vector<listed_holder> const& listed) {
    std::vector<candidate> orphans;
    std::error_code none_there;
    for (auto const& entry :
         std::filesystem::directory_iterator(directory + "/" + std::string(holders_directory), none_there)) {
        auto const name = entry.path().filename().string();
        std::uint64_t id = 0;
        auto const [end, fault] =
            std::from_chars(name.data(), name.data() + std::min<std::size_t>(name.size(), 16), id, 16);
        if (fault != std::errc{} || entry.path() != lock_path(directory, id)) continue;
        if (std::any_of(listed.begin(), listed.end(), [id](auto const& one) { return one.id == id; })) continue;
        if (auto tried = try_existing(entry.path().string()); tried.file)
            orphans.push_back({id, std::move(tried.file)});
    }
    return orphans;
}

asio::awaitable<std::unique_ptr<holder_claim>> claim_when(std::unique_ptr<holder_claim> claim,
                                                          asio::awaitable<bool> recorded) {
    co_await std::move(recorded);
    co_return claim;
}

} // namespace

asio::awaitable<std::unique_ptr<holder_claim>> directory_store::enter() {
    check_process();
    auto const folder = env_.directory() + "/" + std::string(holders_directory);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) refuse(folder, errno);
    auto claim = std::make_unique<holder_claim>();
    while (!claim->lock) { // before the record: nobody may see a record that is not locked
        claim->id = random_id();
        claim->lock_path = lock_path(env_.directory(), claim->id);
        claim->lock = make_locked(claim->lock_path);
    }
    holder_record record{.pid = process_,
                         .uid = ::getuid(),
                         .pid_namespace = own_pid_namespace(),
                         .boot_id = env_.options().boot_id,
                         .started_ms = static_cast<std::int64_t>(now().wall_ms())};
    auto recorded = perform(shared_from_this(), [id = claim->id, record = std::move(record)](write_transaction& t) {
        return put_holder(t, id, record);
    });
    return claim_when(std::move(claim), std::move(recorded));
}

asio::awaitable<bool> directory_store::record_worker(std::uint64_t holder, worker_record worker) {
    return perform(shared_from_this(), [holder, worker = std::move(worker)](write_transaction& t) {
        if (worker.token.empty() || worker.token.size() > 200)
            throw failure(errc::invalid_argument, {.input = "worker token", .mend = "1 to 200 bytes"});
        return put_worker(t, holder, worker);
    });
}

asio::awaitable<bool> directory_store::forget_worker(std::uint64_t holder, std::string token) {
    return perform(shared_from_this(), [holder, token = std::move(token)](write_transaction& t) {
        return forget_worker_record(t, holder, token);
    });
}

asio::awaitable<std::vector<dead_holder>> directory_store::dead_holders() {
    return find_dead_holders(shared_from_this());
}

asio::awaitable<std::vector<dead_holder>> directory_store::find_dead_holders(std::shared_ptr<directory_store> self) {
    auto const list = [](transaction& t) { return list_holders(t); };
    auto const listed = self->look(list);
    auto const pid_namespace = own_pid_namespace();
    std::vector<candidate> free;
    for (auto const& holder : listed) {
        auto const of_this_boot = holder.record.boot_id == self->env_.options().boot_id;
        if (of_this_boot && (holder.record.pid_namespace != pid_namespace || holder.record.uid != ::getuid())) continue;
        auto tried = try_existing(lock_path(self->env_.directory(), holder.id));
        if (of_this_boot && tried.file) {
            free.push_back({holder.id, std::move(tried.file)});
        } else if (!of_this_boot && (tried.file || tried.missing)) { // a container may have a boot id of its own
            auto forgetting = self->release(holder.id);              // neither it nor its workers live
            co_await std::move(forgetting);
        }
    }
    auto const orphans = orphaned_locks(self->env_.directory(), listed);
    std::vector<dead_holder> dead;
    std::vector<std::uint64_t> recorded;
    for (auto& holder : self->look(list)) { // again: another may have released one before we had its lock
        recorded.push_back(holder.id);
        auto const mine = std::find_if(free.begin(), free.end(), [&](auto const& c) { return c.id == holder.id; });
        if (mine == free.end()) continue;
        dead.push_back(
            {holder.id, holder.record.pid,
             std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(holder.record.started_ms)),
             std::move(holder.workers), std::move(holder.held), std::move(mine->lock)});
    }
    for (auto const& orphan : orphans)
        if (std::ranges::find(recorded, orphan.id) == recorded.end())
            ::unlink(lock_path(self->env_.directory(), orphan.id).c_str());
    co_return dead;
}

asio::awaitable<std::uint64_t> directory_store::release(std::uint64_t holder) {
    return release_and_unlink(shared_from_this(), holder);
}

asio::awaitable<std::uint64_t> directory_store::release_and_unlink(std::shared_ptr<directory_store> self,
                                                                   std::uint64_t holder) {
    auto releasing = perform(self, [holder](write_transaction& t) { return release_holder(t, holder); });
    auto const count = co_await std::move(releasing);
    ::unlink(lock_path(self->env_.directory(), holder).c_str());
    co_return count;
}

} // namespace parlance::lmdb_store
