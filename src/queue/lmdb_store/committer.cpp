#include "queue/lmdb_store/committer.hpp"

#include "queue/lmdb_store/quiet_thread.hpp"

namespace parlance::lmdb_store {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_in_one_commit = 1000;
constexpr std::chrono::microseconds most_patience = 1ms, least_patience = 50us; ///< less than that is lost in waking up

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
        if (waiting_.size() != 1 && waiting_.size() != wanted_) return; // it has been told
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
            gather(lock);
            jobs.swap(waiting_);
        }
        auto const begin = std::chrono::steady_clock::now();
        last_count_ = jobs.size();
        for (std::span<std::shared_ptr<commit_job> const> rest(jobs); !rest.empty();) {
            auto const group = rest.first(std::min(rest.size(), most_in_one_commit));
            commit(group);
            rest = rest.subspan(group.size());
        }
        jobs.clear();
        last_took_ = std::chrono::steady_clock::now() - begin;
    }
}

/// Those whom the last commit answered are likely to come back at once with the next. Without an instant of patience
/// the first of them would have a sync of its own, and all others would wait for two.
void committer::gather(std::unique_lock<std::mutex>& lock) {
    auto const patience = std::min<std::chrono::steady_clock::duration>(last_took_ / 8, most_patience);
    if (waiting_.size() >= last_count_ || patience < least_patience) return;
    wanted_ = last_count_;
    news_.wait_for(lock, patience, [this] { return stop_ || waiting_.size() >= wanted_; });
    wanted_ = 0;
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
