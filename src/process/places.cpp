#include "process/places.hpp"

#include "base/deadline.hpp"

#include <boost/asio/co_spawn.hpp>

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

} // namespace

places::places(asio::any_io_executor executor, std::weak_ptr<void> owner, rules const& how, listener hears)
    : owner_(std::move(owner)), how_(how), hears_(std::move(hears)), starts_(how.pauses, how.give_up_after),
      changed_(executor), stop_clock_(executor) {}

void places::start_counted(asio::awaitable<void> what, bool is_place) {
    ++coroutines_;
    open_ += is_place ? 1 : 0;
    asio::co_spawn(changed_.executor(), std::move(what),
                   [this, owner = owner_.lock(), is_place](std::exception_ptr fault) {
                       --coroutines_;
                       open_ -= is_place ? 1 : 0;
                       if (fault) hears_.fault(fault);
                       changed_.notify_all();
                       stop_clock_.notify_all();
                   });
}

void places::start(asio::awaitable<void> what) { start_counted(std::move(what), false); }
void places::open(asio::awaitable<void> story) { start_counted(std::move(story), true); }

asio::awaitable<void> places::until_closed() {
    while (open_ != 0) co_await changed_.wait();
}
asio::awaitable<void> places::until_all_ended() {
    while (coroutines_ != 0) co_await changed_.wait();
}

asio::awaitable<void> places::start_failed(std::string why) {
    auto const length = starts_.failed(why);
    hears_.start_failed(why);
    if (starts_.given_up()) hears_.gave_up();
    co_await pause(length);
}

failure places::gave_up(std::string title, std::string mend) const {
    return failure(errc::start_failed, {.input = std::move(title),
                                        .reason = std::to_string(how_.give_up_after) +
                                                  " starts failed in a row; the last: " + starts_.last_reason(),
                                        .mend = std::move(mend)});
}

asio::awaitable<void> places::pause(std::chrono::milliseconds length) {
    struct noted_clock : condition {
        noted_clock(asio::any_io_executor executor, std::set<condition*>& in) : condition(executor), all(in) {
            all.insert(this);
        }
        noted_clock(noted_clock const&) = delete;
        noted_clock& operator=(noted_clock const&) = delete;
        ~noted_clock() { all.erase(this); }
        std::set<condition*>& all;
    };
    if (how_.spreads) length = spread(length, std::generate_canonical<double, 32>(chance_));
    auto const until = deadline_after(length);
    noted_clock clock(changed_.executor(), pausing_);
    while (!stopping_ && steady::now() < until) co_await clock.wait_until(until);
}

asio::awaitable<void> places::until_closed_or(steady::time_point deadline) {
    while (open_ != 0 && steady::now() < deadline) co_await stop_clock_.wait_until(deadline);
}

asio::awaitable<void> places::end_after_grace() {
    co_await until_closed_or(deadline_after(how_.grace));
    if (open_ == 0) co_return;
    begin_to_end();
    signal_all(how_.after_grace.first);
    co_await until_closed_or(deadline_after(how_.after_grace.grace));
    if (open_ != 0) signal_all(signal::kill);
}

void places::signal_all(signal which) noexcept {
    for (auto* const each : living_) each->kill(which);
}

void places::begin_to_end() {
    if (!std::exchange(ending_, true)) hears_.ends_processes();
}

void places::stop() {
    if (std::exchange(stopping_, true)) return;
    for (auto* const each : pausing_) each->notify_all();
    start(end_after_grace());
}

void places::stop_now() {
    at_once_ = true;
    begin_to_end();
    stop();
    signal_all(signal::kill);
}

void places::abandon() noexcept {
    stopping_ = ending_ = at_once_ = true;
    signal_all(signal::kill);
    for (auto* const each : pausing_) each->notify_all();
    changed_.notify_all();
    stop_clock_.notify_all();
}

} // namespace parlance
