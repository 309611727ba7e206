#pragma once
/// The thread that commits: everything that is waiting goes into one transaction and shares one sync.

#include "queue/lmdb_store/transaction.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace parlance::lmdb_store {

/// One operation on its way into a commit. Run again from the beginning when its transaction had to be given up.
struct commit_job {
    virtual ~commit_job() = default;
    virtual void run(write_transaction& t) = 0;
    /// Committed, or failed. On the commit thread.
    virtual void done(std::exception_ptr fault) noexcept = 0;
};

class committer {
public:
    /// `transact` runs its argument in a transaction and commits it, in a larger map where needed.
    using transact = std::function<void(std::function<void(write_transaction&)> const&)>;
    explicit committer(transact how);
    committer(committer const&) = delete;
    /// What was submitted is committed first.
    ~committer();
    void submit(std::shared_ptr<commit_job> job);

private:
    void run();
    void gather(std::unique_lock<std::mutex>& lock);
    void commit(std::span<std::shared_ptr<commit_job> const> jobs);

    transact transact_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::vector<std::shared_ptr<commit_job>> waiting_;
    std::size_t wanted_ = 0; ///< so many jobs are worth a notice
    bool stop_ = false;
    std::size_t last_count_ = 0; ///< jobs in the last commit
    std::chrono::steady_clock::duration last_took_{};
    std::thread thread_;
};

} // namespace parlance::lmdb_store
