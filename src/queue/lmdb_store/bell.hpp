#pragma once
/// The file by which the processes of a store wake each other: a futex, and a count of news for each queue.

#include "queue/lmdb_store/transaction.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>

namespace parlance::lmdb_store {

inline constexpr std::size_t bell_slots = 1024;

/// The file's content. Not part of the durable format: whatever it holds is right, news are hints.
struct bell_page {
    std::atomic<std::uint32_t> sequence; ///< the futex; grows with every commit that concerns a waiting process
    std::atomic<std::uint32_t> waiters;  ///< a hint: a killed waiter is never counted down
    std::atomic<std::uint32_t> slots[bell_slots]; ///< messages made ready in the queues whose number, modulo, this is
};

class bell {
public:
    /// Makes the file whole, so that a full disk cannot turn a write to it into a SIGBUS.
    explicit bell(std::string const& directory);
    bell(bell const&) = delete;
    ~bell();

    std::uint32_t sequence() const noexcept { return page_->sequence.load(); }
    std::uint32_t slot(std::size_t number) const noexcept { return page_->slots[number].load(); }
    /// Tells the other processes, and with `ourselves` this one's watcher too. After the commit, never before it.
    void ring(std::span<lmdb_store::ring const> rings, bool ourselves) noexcept;
    /// Returns when the sequence is no longer `seen`, or after `at_most`.
    void wait(std::uint32_t seen, std::chrono::milliseconds at_most) noexcept;

private:
    bell_page* page_;
    std::mutex
        mutex_; ///< `waiting_here_` and our share of `waiters` change together, or a ring could take us for others
    std::uint32_t waiting_here_ = 0;
};

} // namespace parlance::lmdb_store
