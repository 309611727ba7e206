#pragma once
/// A crew at work: what its places share.

#include "base/condition.hpp"
#include "process/places.hpp"
#include "queue/holder.hpp"
#include "work/feeder.hpp"
#include "work/orphans.hpp"
#include "work/settler.hpp"

#include <parlance/process.hpp>
#include <parlance/work.hpp>

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace parlance {

/// One run of `workers`. Lives until its last coroutine has ended.
class crew : public std::enable_shared_from_this<crew> {
public:
    crew(queue jobs, std::vector<std::string> command, work_options options, work_hooks hooks);

    asio::awaitable<work_summary> run();
    void stop();
    void stop_now();
    void hold_output(bool held);
    work_summary const& so_far() const noexcept { return sums_; }

    // For its places.

    /// Everything that exists only while it runs.
    struct running {
        running(asio::any_io_executor executor, crew& self, parlance::holder holder, std::uint32_t max_receives);
        parlance::holder holder;
        parlance::places places; ///< the workers' places, and all our coroutines
        feeder feeds;
        settler settles;
        condition lease_clock;     ///< all is settled, for the one who renews
        condition neighbour_clock; ///< the same, for the one who looks after other crews
        condition output_flows;    ///< it is held no more, or nobody has a use for it
        asio::cancellation_signal stop_watching;
    };

    queue const jobs;
    std::vector<std::string> const command;
    work_options const options;
    work_hooks const hooks;

    running& now() noexcept { return *running_; }
    start_guard& starts() noexcept { return running_->places.starts(); }
    /// The processes that stop has to reach.
    std::set<child*>& living() noexcept { return running_->places.living(); }
    bool stopping() const noexcept { return running_->places.stopping(); }
    /// The grace is over, or nobody waits for it: what still runs is ended by us, and that is no fault of its message.
    bool ending_workers() const noexcept { return running_->places.ending(); }
    /// Its environment has PARLANCE_WORKER set to this; so have those of all that it starts.
    std::string token(unsigned place) const;
    void note(std::string_view sentence);
    /// Calls a hook of the user's. What it throws ends the crew in good order, and gets into no account.
    template <class Hook> void hear(Hook const& hook) noexcept {
        try {
            hook();
        } catch (...) {
            hook_failed(std::current_exception());
        }
    }
    /// A worker ended before it took a message: waits before the next start, or gives the whole crew up.
    asio::awaitable<void> start_failed(std::string why) { return running_->places.start_failed(std::move(why)); }
    /// Ends what an ended worker left running.
    void sweep(std::string const& token);
    /// Resumes when more of what a worker prints may be read; also when workers are being ended, or this one
    /// `has_ended`, for then it is not much.
    asio::awaitable<void> until_output_flows(bool const& has_ended);
    /// A worker has ended: whoever waits for the output to flow looks again.
    void look_at_output_again();
    /// Resumes when the next message may be taken: not while what workers print is held. At once when stopping.
    asio::awaitable<void> until_more_may_be_taken();

private:
    asio::awaitable<void> enter();
    asio::awaitable<void> feed();
    asio::awaitable<void> keep_leases();
    asio::awaitable<void> watch_neighbours();
    asio::awaitable<void> watch_emptiness();
    asio::awaitable<void> wind_up();
    asio::awaitable<void> place(unsigned number);
    void give_up();
    void fail(std::exception_ptr why);
    void hook_failed(std::exception_ptr why) noexcept;
    void report(settlement const& one);

    std::string const token_;
    orphans left_behind_;
    std::optional<running> running_;
    work_summary sums_;
    std::chrono::steady_clock::time_point started_{};
    std::exception_ptr fault_, hook_fault_;
    enum class end_asked { no, in_good_order, at_once } asked_ = end_asked::no; ///< perhaps before it runs
    bool fed_ = false, settled_ = false, output_held_ = false;
};

/// The places of a crew, each a story of its own: workers started, fed and judged until the crew stops.
asio::awaitable<void> exec_place(std::shared_ptr<crew> self, unsigned number);
asio::awaitable<void> lasting_place(std::shared_ptr<crew> self, unsigned number);

} // namespace parlance
