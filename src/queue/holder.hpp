#pragma once
/// For `work`: a process that holds messages for its workers, and what it leaves behind when it is killed.
///
///     auto me = co_await holder::enter(store);
///     co_await me.record_worker({.token = token, .pid = pid, ...});        // before the worker gets a message
///     auto jobs = co_await me.receive(queue, {.wait = 5s});
///     ...
///     for (auto& dead : co_await dead_holders(store)) {                    // of earlier lives
///         end_all(dead.workers);
///         co_await release(store, std::move(dead));                        // its messages are due at once
///     }
///     co_await me.leave();
///
/// That a holder is dead is seen by its lock (holders/ID.lock in the store's directory), which the kernel frees.

#include <parlance/fd.hpp>
#include <parlance/queue.hpp>

#include <memory>

namespace parlance {

/// A worker, as its holder knew it: enough to find it again, and not another process that has its pid now.
struct worker_record {
    std::string token{}; ///< PARLANCE_WORKER in its environment; at most 200 bytes
    std::int64_t pid = 0;
    std::uint64_t start_ticks = 0; ///< field 22 of /proc/PID/stat
    std::string boot_id{};
    std::uint64_t pid_namespace = 0; ///< inode of /proc/PID/ns/pid
    bool operator==(worker_record const&) const = default;
};

/// A message that a dead holder held.
struct held_message {
    std::string queue;
    std::string id;
    bool operator==(held_message const&) const = default;
};

/// A holder whose lock was free: of this boot, pid namespace and user. While this lives nobody else takes it over.
struct dead_holder {
    std::uint64_t id = 0;
    std::int64_t pid = 0;
    std::chrono::sys_time<std::chrono::milliseconds> started{};
    std::vector<worker_record> workers{};
    std::vector<held_message> held{};
    unique_fd lock{};
};

/// The lock of a living holder.
struct holder_claim {
    std::uint64_t id = 0;
    unique_fd lock{};
    std::string lock_path{};
};

class store_backend;

/// A living holder. Move-only; dropped without `leave` it counts as dead, and the next holder takes over.
class holder {
public:
    holder() = default; ///< nobody; to be assigned to
    static asio::awaitable<holder> enter(store store);

    std::uint64_t id() const noexcept { return claim_->id; }
    /// As queue::receive_some; the messages are marked as ours. Cancelled: nothing stays leased.
    asio::awaitable<std::vector<delivery>> receive(queue from, receive_options options) const;
    asio::awaitable<void> record_worker(worker_record worker) const;
    asio::awaitable<void> forget_worker(std::string token) const;
    /// The orderly end: gives back, uncharged, what is still held, and removes the record.
    asio::awaitable<void> leave();

private:
    holder(store store, std::shared_ptr<store_backend> backend, std::unique_ptr<holder_claim> claim)
        : store_(std::move(store)), backend_(std::move(backend)), claim_(std::move(claim)) {}
    store store_; // keeps it open
    std::shared_ptr<store_backend> backend_;
    std::unique_ptr<holder_claim> claim_;
};

/// Holders that died without `leave`. Records of an earlier boot, whose processes cannot live, are removed on the way;
/// those of another pid namespace or user are left alone: their messages come back when their leases end.
asio::awaitable<std::vector<dead_holder>> dead_holders(store store);
/// Makes all that it held due at once, charging no attempt, and removes its record; says how many messages.
asio::awaitable<std::uint64_t> release(store store, dead_holder holder);

/// Renews many leases of one queue in one commit; false for each that was lost. All are of the first one's queue.
asio::awaitable<std::vector<bool>> extend_all(std::span<delivery const> deliveries, std::chrono::milliseconds vt);

/// Whether a receive now would find something.
asio::awaitable<bool> has_due(queue queue);

} // namespace parlance
