#pragma once
/// From the workers back to the queue: acks and nacks, many to a commit.

#include "base/condition.hpp"
#include "work/verdict.hpp"

#include <parlance/work.hpp>

#include <functional>
#include <string>
#include <vector>

namespace parlance {

/// A message that a worker is through with.
struct settlement {
    delivery job;
    verdict judged;
    std::string err_tail{};
};

/// Writes settlements to the queue and counts them. What is counted is committed.
class settler {
public:
    struct listener {
        std::function<void(settlement const&)> settled;       ///< committed, or refused as lost
        std::function<void(std::string_view sentence)> note;  ///< for people
        std::function<void(std::exception_ptr)> store_failed; ///< the store takes nothing more
    };
    settler(asio::any_io_executor executor, queue jobs, std::uint32_t max_receives, listener hears);

    void add(settlement one);
    /// Writes until `finish`, and then until nothing is left.
    asio::awaitable<void> run();
    void finish();

    work_summary const& so_far() const noexcept { return sums_; }

private:
    asio::awaitable<void> ack(std::vector<settlement> done);
    asio::awaitable<void> nack(settlement one);
    void count(settlement const& one);

    queue jobs_;
    std::uint32_t max_receives_;
    listener hears_;
    condition changed_;
    std::vector<settlement> waiting_;
    std::size_t nacks_under_way_ = 0;
    bool finishing_ = false;
    work_summary sums_;
};

} // namespace parlance
