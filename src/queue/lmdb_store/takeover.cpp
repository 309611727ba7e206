// Holders: processes that hold messages for their workers, and what becomes of those that died.
#include "queue/lmdb_store/perform.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

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

/// None where somebody lives who holds it.
unique_fd take(std::string const& path) {
    unique_fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) refuse(path, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) refuse(path, errno);
    return unique_fd();
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
    claim->id = random_id();
    claim->lock_path = lock_path(env_.directory(), claim->id);
    claim->lock = take(claim->lock_path); // before the record: nobody may see a record that is not locked
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
        if (holder.record.boot_id != self->env_.options().boot_id) {
            auto forgetting = self->release(holder.id); // neither it nor its workers can live
            co_await std::move(forgetting);
        } else if (holder.record.pid_namespace == pid_namespace && holder.record.uid == ::getuid()) {
            if (auto lock = take(lock_path(self->env_.directory(), holder.id)))
                free.push_back({holder.id, std::move(lock)});
        }
    }
    std::vector<dead_holder> dead;
    for (auto& holder : self->look(list)) { // again: another may have released one before we had its lock
        auto const mine = std::find_if(free.begin(), free.end(), [&](auto const& c) { return c.id == holder.id; });
        if (mine == free.end()) continue;
        dead.push_back(
            {holder.id, holder.record.pid,
             std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(holder.record.started_ms)),
             std::move(holder.workers), std::move(holder.held), std::move(mine->lock)});
    }
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
