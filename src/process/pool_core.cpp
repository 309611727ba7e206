#include "process/pool_core.hpp"

#include "base/deadline.hpp"
#include "process/identity.hpp"
#include "process/quote.hpp"
#include "process/tree.hpp"

#include <thread>

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

[[noreturn]] void refuse_pool(std::string input, std::string reason, std::string mend) {
    throw failure(errc::invalid_argument,
                  {.input = std::move(input), .reason = std::move(reason), .mend = std::move(mend)});
}

bool is_simple(stdio const& how) noexcept {
    return how.what() == stdio::kind::pipe || how.what() == stdio::kind::inherit || how.what() == stdio::kind::ignore;
}

void check_options(pool_options const& options, pool_hooks const& hooks) {
    auto const& process = options.process;
    if (process.in.what() != stdio::kind::pipe || !process.more.empty() || !process.input.empty())
        refuse_pool("process of a pool", "its input, and descriptors from 3 on, are the pool's own affair",
                    "leave `in`, `input` and `more` as they are");
    if (!is_simple(process.out) || !is_simple(process.err) ||
        (options.talks && process.out.what() != stdio::kind::pipe))
        refuse_pool("process of a pool", "its outputs can only be pipes, inherited or ignored, and a pipe to talk",
                    "hear what it prints by `pool_hooks::output`");
    if (!process.token.empty() || process.detached || process.adopt_orphans)
        refuse_pool("process of a pool", "its end is the pool's own affair",
                    "leave `token`, `detached` and `adopt_orphans` as they are");
    if (options.check_every.count() > 0 && !hooks.healthy)
        refuse_pool("check_every", "there is nothing to check with", "give `pool_hooks::healthy`");
}

} // namespace

/// In `waiting_` while it lives, or until it got one. What it got and did not take goes back, unused.
struct pool_core::waiter {
    waiter(pool_core& of, asio::any_io_executor executor) : core(of), clock(executor) { core.waiting_.push_back(this); }
    waiter(waiter const&) = delete;
    waiter& operator=(waiter const&) = delete;
    ~waiter() {
        core.waiting_.remove(this);
        if (!got) return;
        --got->uses;
        core.give_back(got, false);
    }
    pool_core& core;
    condition clock;
    process_ptr got;
};

pool_core::pool_core(std::string program, std::vector<std::string> args, pool_options const& options, pool_hooks hooks)
    : program_(std::move(program)), args_(std::move(args)), options_(options), cwd_(options.process.cwd),
      argv0_(options.process.argv0), env_(options.process.env.begin(), options.process.env.end()),
      groups_(options.process.user.groups.begin(), options.process.user.groups.end()), hooks_(std::move(hooks)),
      token_(random_token()) {
    check_options(options_, hooks_);
    options_.process.cwd = cwd_;
    options_.process.argv0 = argv0_;
    options_.process.user.groups = groups_;
    if (options_.size == 0) options_.size = std::max(1U, std::thread::hardware_concurrency());
    if (options_.warm == 0 || options_.warm > options_.size) options_.warm = options_.size;
}

std::string pool_core::title() const { return "pool of " + quoted_command(program_, args_); }

template <class Hook> void pool_core::hear(Hook const& hook) noexcept {
    try {
        hook();
    } catch (...) {
        if (!hook_fault_) hook_fault_ = std::current_exception();
        stop();
    }
}

void pool_core::note(std::string const& sentence) noexcept {
    hear([&] {
        if (hooks_.note) hooks_.note(sentence);
    });
}

void pool_core::print(pool_process const& of, std::string_view line) noexcept {
    hear([&] {
        if (hooks_.output) hooks_.output(of.name, line);
    });
}

void pool_core::begin(asio::any_io_executor const& executor) {
    throw_if_over();
    if (places_) return;
    places_.emplace(executor, weak_from_this(),
                    places::rules{.pauses = options_.pauses,
                                  .give_up_after = options_.give_up_after,
                                  .grace = options_.grace,
                                  .after_grace = options_.process.stop,
                                  .spreads = true},
                    places::listener{.start_failed =
                                         [this](std::string const& why) {
                                             ++counts_.failed_starts;
                                             note("a process could not start: " + why);
                                         },
                                     .gave_up = [this] { give_up(); },
                                     .ends_processes = [this] { wake_all(); },
                                     .fault = [this](std::exception_ptr why) { fail(std::move(why)); }});
    for (unsigned number = 1; number <= options_.size; ++number) spots_.emplace_back(executor, number);
    for (auto& spot : spots_) places_->open(keep(spot));
}

void pool_core::give_up() {
    fail(std::make_exception_ptr(places_->gave_up(title(), "run the program by hand and see what it says")));
}

void pool_core::fail(std::exception_ptr why) {
    if (!fault_) fault_ = std::move(why);
    closed_ = true;
    places_->stop_now();
    wake_all();
}

void pool_core::stop() {
    closed_ = true;
    if (places_) places_->stop();
    wake_all();
}

void pool_core::throw_if_over() const {
    if (fault_) std::rethrow_exception(fault_);
    if (closed_)
        throw failure(errc::channel_closed, {.input = title(), .reason = "it is drained, and lends out no more"});
}

asio::awaitable<void> pool_core::until_over(self me) {
    co_await me->places_->until_all_ended();
    if (me->places_->at_once() && !std::exchange(me->swept_, true)) kill_by_token_prefix(me->token_ + ".");
    if (me->fault_) std::rethrow_exception(me->fault_);
    if (me->hook_fault_) std::rethrow_exception(me->hook_fault_);
}

asio::awaitable<void> pool_core::start(self me) {
    me->begin(co_await asio::this_coro::executor);
    while (me->statistics().ready < me->options_.warm) {
        co_await me->places_->changed().wait();
        me->throw_if_over();
    }
}

asio::awaitable<void> pool_core::run(self me) {
    me->begin(co_await asio::this_coro::executor);
    co_await until_over(me);
}

asio::awaitable<void> pool_core::drain(self me) {
    me->stop();
    if (me->places_) co_await until_over(me);
}

asio::awaitable<void> pool_core::restart(self me) {
    me->begin(co_await asio::this_coro::executor);
    auto& changed = me->places_->changed();
    while (me->restarting_) co_await changed.wait();
    struct turn {
        pool_core& of;
        explicit turn(pool_core& core) : of(core) { of.restarting_ = true; }
        turn(turn const&) = delete;
        turn& operator=(turn const&) = delete;
        ~turn() {
            of.restarting_ = false;
            of.places_->changed().notify_all();
        }
    } const mine(*me);
    for (auto& spot : me->spots_) {
        me->throw_if_over();
        if (spot.asleep) continue; // there is nothing to replace
        spot.renewed = place::renewal::wanted;
        spot.clock.notify_all();
        while (spot.renewed == place::renewal::wanted && !me->closed_) co_await changed.wait();
        me->throw_if_over();
        if (spot.renewed == place::renewal::failed)
            throw failure(errc::start_failed, {.input = me->title(),
                                               .reason = spot.why_not_renewed,
                                               .mend = "what ran before goes on; mend the program and try again"});
    }
}

asio::awaitable<pool_worker> pool_core::acquire(self me, std::chrono::milliseconds patience) {
    auto const executor = co_await asio::this_coro::executor;
    me->begin(executor);
    auto const deadline = deadline_after(patience);
    waiter mine(*me, executor);
    me->hand_out();
    if (!mine.got) me->wake_all(); // a place that sleeps may be wanted
    while (!mine.got) {
        me->throw_if_over();
        if (steady::now() >= deadline)
            throw failure(errc::timed_out, {.input = me->title(), .reason = "none was free in time"});
        co_await mine.clock.wait_until(deadline);
    }
    co_return me->lent_out(std::move(mine.got));
}

std::optional<pool_worker> pool_core::try_acquire() {
    if (closed_ || idle_.empty() || !waiting_.empty()) return std::nullopt;
    auto const last = idle_.back();
    idle_.pop_back();
    lend(*last);
    return lent_out(last);
}

pool_worker pool_core::lent_out(process_ptr what) {
    return pool_worker(std::make_unique<pool_worker::lease>(shared_from_this(), std::move(what), true));
}

void pool_core::lend(pool_process& which) noexcept {
    which.lent = true;
    ++which.uses;
}

/// Who came first gets the one that was given back last: the others may rest, and be ended where there are too many.
void pool_core::hand_out() {
    while (!idle_.empty() && !waiting_.empty()) {
        auto* const first = waiting_.front();
        waiting_.pop_front();
        first->got = std::move(idle_.back());
        idle_.pop_back();
        lend(*first->got);
        first->clock.notify_all();
    }
}

void pool_core::offer(process_ptr const& which) {
    if (!which->idle() || closed_) return;
    which->idle_since = steady::now();
    idle_.push_back(which);
    hand_out();
}

void pool_core::take_from_idle(pool_process const& which) noexcept {
    std::erase_if(idle_, [&](process_ptr const& each) { return each.get() == &which; });
}

void pool_core::give_back(process_ptr const& which, bool spoilt) noexcept {
    if (!which->lent) return; // its end was waited for
    which->lent = false;
    bool const used_up = options_.most_uses != 0 && which->uses >= options_.most_uses;
    which->over = which->over || (which->talk && which->talk->end().has_value());
    which->hopeless = which->hopeless || spoilt;
    which->condemned = which->condemned || used_up || which->over || spoilt;
    offer(which);
    news_of(*which);
}

asio::awaitable<process_end> pool_core::end_of(self me, process_ptr which) {
    which->over = which->condemned = true;
    which->lent = false;
    me->news_of(*which);
    while (!which->end) co_await which->changed.wait();
    co_return *which->end;
}

void pool_core::news_of(pool_process const& which) noexcept {
    place_of(which).clock.notify_all();
    places_->changed().notify_all();
}

void pool_core::wake_all() noexcept {
    for (auto& spot : spots_) spot.clock.notify_all();
    for (auto* const each : waiting_) each->clock.notify_all();
    if (places_) places_->changed().notify_all();
}

pool_statistics pool_core::statistics() const noexcept {
    auto now = counts_;
    now.waiting = static_cast<unsigned>(waiting_.size());
    for (auto const& each : all_) {
        now.ready += each->ready && !each->gone && (!each->condemned || each->lent) ? 1 : 0;
        now.busy += each->lent && !each->gone ? 1 : 0;
    }
    return now;
}

void pool_core::drop() noexcept {
    closed_ = true;
    if (!places_) return;
    bool const may_be_left = !all_.empty() || places_->at_once();
    places_->abandon();
    places_->living().clear();
    for (auto const& each : all_) each->process.reset();
    if (may_be_left && !std::exchange(swept_, true)) kill_by_token_prefix(token_ + ".");
    wake_all();
}

} // namespace parlance
