#include "queue/lmdb_store/committer.hpp"

#include "queue/lmdb_store/quiet_thread.hpp"

namespace parlance::lmdb_store {
namespace {

constexpr std::size_t most_in_one_commit = 1000;

/// An operation failed after it had written: what it wrote cannot be taken back alone.
struct spoilt {};

} // namespace

committer::committer(transact how) : transact_(std::move(how)), thread_(quiet_thread([this] { run(); })) {}

committer::~committer() {
    {
        std::lock_guard const lock(mutex_);
        stop_ = true;
    }
    news_.notify_one();
    thread_.join();
}

void committer::submit(std::shared_ptr<commit_job> job) {
    {
        std::lock_guard const lock(mutex_);
        waiting_.push_back(std::move(job));
        if (waiting_.size() > 1) return; // it has been told
    }
    news_.notify_one();
}

void committer::run() {
    std::vector<std::shared_ptr<commit_job>> jobs;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            news_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            jobs.swap(waiting_);
        }
        for (std::span<std::shared_ptr<commit_job> const> rest(jobs); !rest.empty();) {
            auto const group = rest.first(std::min(rest.size(), most_in_one_commit));
            commit(group);
            rest = rest.subspan(group.size());
        }
        jobs.clear();
    }
}

void committer::commit(std::span<std::shared_ptr<commit_job> const> jobs) {
    std::vector<std::exception_ptr> faults(jobs.size());
    try {
        transact_([&](write_transaction& t) {
            for (std::size_t i = 0; i < jobs.size(); ++i) {
                faults[i] = nullptr;
                auto const changes = t.changes();
                try {
                    jobs[i]->run(t);
                } catch (map_full const&) {
                    throw;
                } catch (...) {
                    if (jobs.size() > 1 && t.changes() != changes) throw spoilt{};
                    faults[i] = std::current_exception();
                    if (t.changes() != changes) throw; // alone: nothing of it stays
                }
            }
        });
    } catch (...) {
        if (jobs.size() > 1) { // one of them cannot be committed: which, is seen when each is alone
            for (std::size_t i = 0; i < jobs.size(); ++i) commit(jobs.subspan(i, 1));
            return;
        }
        faults[0] = std::current_exception();
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->done(std::move(faults[i]));
}

} // namespace parlance::lmdb_store
