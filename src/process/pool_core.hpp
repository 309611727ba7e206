#pragma once
/// A pool at work: what its places and those who borrow from it share.

#include "process/places.hpp"
#include "process/pool_plan.hpp"
#include "process/pool_process.hpp"

#include <parlance/pool.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <deque>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parlance {

/// Lives as long as the `pool`, its last coroutine and what is lent out.
class pool_core : public std::enable_shared_from_this<pool_core> {
public:
    using self = std::shared_ptr<pool_core>;
    using process_ptr = std::shared_ptr<pool_process>;
    using probe = std::function<asio::awaitable<bool>(pool_worker&)>;

    pool_core(std::string program, std::vector<std::string> args, pool_options const& options, pool_hooks hooks);

    static asio::awaitable<void> start(self);
    static asio::awaitable<void> run(self);
    static asio::awaitable<pool_worker> acquire(self, std::chrono::milliseconds patience);
    static asio::awaitable<void> restart(self);
    static asio::awaitable<void> drain(self);
    std::optional<pool_worker> try_acquire();
    pool_statistics statistics() const noexcept;
    /// The `pool` is gone: all is killed and reaped now.
    void drop() noexcept;

    // ---- for who has one
    void give_back(process_ptr const&, bool spoilt) noexcept;
    static asio::awaitable<process_end> end_of(self, process_ptr);
    /// "pool of node resize.js"
    std::string title() const;

private:
    /// Where one process after another runs.
    struct place {
        place(asio::any_io_executor executor, unsigned n) : number(n), clock(executor) {}
        unsigned number;
        process_ptr current;
        bool asleep = false; ///< nobody wants a process here
        enum class renewal { none, wanted, done, failed } renewed = renewal::none;
        std::string why_not_renewed{};
        condition clock; ///< for the coroutine of this place alone
    };
    /// One who waits for a process.
    struct waiter;
    /// A process, or why there is none.
    struct start_result {
        process_ptr process;
        std::string why;
    };

    // what all have in common: pool_core.cpp
    void begin(asio::any_io_executor const&);
    static asio::awaitable<void> until_over(self);
    void stop();
    void fail(std::exception_ptr why);
    void give_up();
    void throw_if_over() const;
    void offer(process_ptr const&);
    void take_from_idle(pool_process const&) noexcept;
    void lend(pool_process&) noexcept;
    void hand_out();
    void wake_all() noexcept;
    void news_of(pool_process const&) noexcept;
    template <class Hook> void hear(Hook const& hook) noexcept;
    void note(std::string const& sentence) noexcept;
    void print(pool_process const& of, std::string_view line) noexcept;
    place& place_of(pool_process const& p) noexcept { return spots_[p.place - 1]; }
    pool_worker lent_out(process_ptr);

    // the processes: pool_process.cpp
    process_ptr launch(place&);
    spawn_options spawning(std::vector<std::string> const& env) const noexcept;
    asio::awaitable<void> watch(process_ptr);
    asio::awaitable<void> read_lines(process_ptr, stream from, bool is_error);
    void read(process_ptr const&, stream from, bool is_error);
    asio::awaitable<std::string> ask(place&, process_ptr, probe const&, std::chrono::milliseconds within);
    asio::awaitable<void> answer(process_ptr, probe const&, std::shared_ptr<std::optional<std::string>> said);
    asio::awaitable<void> retire(place&, process_ptr);

    // the story of a place: pool_place.cpp
    asio::awaitable<void> keep(place&);
    asio::awaitable<void> until_wanted(place&);
    asio::awaitable<start_result> start_one(place&);
    void admit(place&, process_ptr const&);
    tenant about(place const&, pool_process const&) const noexcept;
    asio::awaitable<void> serve(place&, death_guard&);
    asio::awaitable<void> check(place&, process_ptr);
    asio::awaitable<void> renew(place&, process_ptr);
    asio::awaitable<start_result> start_steady(place&);
    asio::awaitable<void> part(place&, process_ptr, death_guard&);
    asio::awaitable<void> bury(process_ptr, death_guard&);

    std::string const program_;
    std::vector<std::string> const args_;
    pool_options options_; // its views look into what follows
    std::string cwd_, argv0_;
    std::vector<std::string> env_;
    std::vector<gid_t> groups_;
    pool_hooks const hooks_;
    std::string const token_;

    std::optional<places> places_; ///< since it began
    std::deque<place> spots_;
    std::vector<process_ptr> all_;  ///< that have not ended
    std::vector<process_ptr> idle_; ///< the one that was given back last is last
    std::list<waiter*> waiting_;    ///< who came first is first
    std::uint64_t serial_ = 0;
    std::size_t starting_ = 0;
    pool_statistics counts_;
    std::exception_ptr fault_, hook_fault_;
    bool closed_ = false, restarting_ = false, swept_ = false;
};

/// One process, in somebody's hand.
struct pool_worker::lease {
    lease(std::shared_ptr<pool_core> of, std::shared_ptr<pool_process> what, bool to_return) noexcept
        : core(std::move(of)), process(std::move(what)), returns(to_return), exceptions(std::uncaught_exceptions()) {}
    lease(lease const&) = delete;
    lease& operator=(lease const&) = delete;
    ~lease() {
        if (returns) core->give_back(process, spoilt || std::uncaught_exceptions() > exceptions);
    }

    std::shared_ptr<pool_core> core;
    std::shared_ptr<pool_process> process;
    bool returns; ///< false for hooks, which only look
    int exceptions;
    bool spoilt = false;
};

} // namespace parlance
