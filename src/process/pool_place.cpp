// The story of a place: one process after another, until the pool has ended.
#include "process/pool_core.hpp"

#include "base/deadline.hpp"

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

} // namespace

asio::awaitable<void> pool_core::keep(place& at) {
    death_guard deaths(options_.pauses, options_.healthy_after);
    while (!places_->stopping()) {
        if (!at.current) {
            co_await until_wanted(at);
            if (places_->stopping()) co_return;
            auto started = co_await start_one(at);
            if (!started.process) {
                if (!places_->stopping()) co_await places_->start_failed(std::move(started.why));
                continue;
            }
            admit(at, started.process);
        }
        co_await serve(at, deaths);
    }
}

/// The places beyond those that are kept warm begin when more wait than are being started.
asio::awaitable<void> pool_core::until_wanted(place& at) {
    at.asleep = at.number > options_.warm;
    if (at.asleep && at.renewed == place::renewal::wanted) { // what was to be replaced is gone
        at.renewed = place::renewal::done;
        places_->changed().notify_all();
    }
    while (at.asleep && !places_->stopping()) {
        if (waiting_.size() > starting_)
            at.asleep = false;
        else
            co_await at.clock.wait();
    }
}

asio::awaitable<pool_core::start_result> pool_core::start_one(place& at) {
    struct counted {
        std::size_t& number;
        explicit counted(std::size_t& which) : number(which) { ++number; }
        counted(counted const&) = delete;
        counted& operator=(counted const&) = delete;
        ~counted() { --number; }
    } const one(starting_);
    ++counts_.starts;
    start_result result;
    try {
        result.process = launch(at);
    } catch (boost::system::system_error const& fault) {
        result.why = fault.what();
        co_return result;
    }
    auto const started = result.process;
    if (hooks_.ready) {
        result.why = co_await ask(at, started, hooks_.ready, options_.start_within);
        if (!result.why.empty()) {
            started->over = started->hopeless = true;
            co_await retire(at, started);
            result.why = started->asked ? started->name + " was not ready: " + result.why : started->end->sentence();
            result.process.reset();
            co_return result;
        }
        started->proven = true;
        places_->starts().succeeded();
    }
    started->began = started->checked = steady::now();
    co_return result;
}

/// It may be lent out from now on.
void pool_core::admit(place& at, process_ptr const& started) {
    at.current = started;
    started->ready = true;
    if (at.renewed == place::renewal::wanted) at.renewed = place::renewal::done;
    offer(started);
    news_of(*started);
}

tenant pool_core::about(place const& at, pool_process const& which) const noexcept {
    return {.ended = which.end.has_value(),
            .condemned = which.condemned || places_->stopping(),
            .to_be_renewed = at.renewed == place::renewal::wanted,
            .proven = which.proven,
            .spoke = which.spoke(),
            .idle = which.idle(),
            .surplus = at.number > options_.warm,
            .began = which.began,
            .idle_since = which.idle_since,
            .checked = which.checked};
}

/// Until there is no process here, or another one.
asio::awaitable<void> pool_core::serve(place& at, death_guard& deaths) {
    tenant_rules const rules{options_.steady_after, options_.check_every, options_.idle_for};
    auto const mine = at.current;
    while (at.current == mine) {
        auto const step = next_for(about(at, *mine), rules, steady::now());
        switch (step.what) {
        case tenant_step::kind::wait:
            co_await at.clock.wait_until(step.until.value_or(steady::time_point::max()));
            break;
        case tenant_step::kind::prove:
            mine->proven = true;
            places_->starts().succeeded();
            break;
        case tenant_step::kind::check: co_await check(at, mine); break;
        case tenant_step::kind::renew: co_await renew(at, mine); break;
        case tenant_step::kind::part:
            co_await part(at, mine, deaths);
            at.current.reset();
            break;
        case tenant_step::kind::bury:
            at.current.reset();
            co_await bury(mine, deaths);
            break;
        }
    }
}

asio::awaitable<void> pool_core::check(place& at, process_ptr who) {
    who->checking = true;
    take_from_idle(*who);
    auto const why = co_await ask(at, who, hooks_.healthy, options_.check_within);
    who->checking = false;
    who->checked = steady::now();
    if (why.empty()) {
        offer(who);
    } else if (!who->gone && !places_->stopping()) {
        who->ill = who->hopeless = who->condemned = true;
        note(who->name + " is not well: " + why);
    }
}

/// For `restart`.
asio::awaitable<void> pool_core::renew(place& at, process_ptr old) {
    if (!options_.overlap) {
        old->condemned = true; // the next one here is the new one
        co_return;
    }
    auto next = co_await start_steady(at);
    if (next.process) {
        at.current = next.process;
        next.process->ready = true;
        offer(next.process);
        co_await retire(at, old);
        ++(old->asked ? counts_.replaced : counts_.deaths);
        at.renewed = place::renewal::done;
    } else {
        ++counts_.failed_starts;
        at.why_not_renewed = next.why;
        at.renewed = place::renewal::failed;
    }
    places_->changed().notify_all();
}

/// One that is not lent out before its start is known to have been good.
asio::awaitable<pool_core::start_result> pool_core::start_steady(place& at) {
    auto result = co_await start_one(at);
    auto const started = result.process;
    if (!started) co_return result;
    auto const steady_at = point_after(started->began, options_.steady_after);
    while (!started->proven && !started->end && !places_->stopping() && steady::now() < steady_at)
        co_await at.clock.wait_until(steady_at);
    if (!started->end && !places_->stopping()) co_return result;
    if (!started->end) co_await retire(at, started);
    result.why = started->end->sentence();
    result.process.reset();
    co_return result;
}

/// One of the two is to go, and not for its death: where it has died all the same, that counts.
asio::awaitable<void> pool_core::part(place& at, process_ptr which, death_guard& deaths) {
    co_await retire(at, which);
    if (!which->asked) {
        co_await bury(which, deaths);
    } else if (!places_->stopping()) {
        ++counts_.replaced;
        if (which->ill) co_await places_->pause(deaths.died(which->end->duration));
    }
}

asio::awaitable<void> pool_core::bury(process_ptr which, death_guard& deaths) {
    if (places_->stopping()) co_return;
    bool const had_started = which->proven || which->spoke() || which->end->duration >= options_.steady_after;
    if (had_started) {
        ++counts_.deaths;
        places_->starts().succeeded();
        note(which->name + " ended: " + which->end->sentence());
        co_await places_->pause(deaths.died(which->end->duration));
    } else {
        co_await places_->start_failed(which->end->sentence());
    }
}

} // namespace parlance
