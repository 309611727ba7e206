#include "work/crew.hpp"

#include "process/identity.hpp"
#include "queue/checks.hpp"
#include "work/takeover.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <thread>

namespace parlance {
namespace {

using namespace std::chrono_literals;

/// A crew gives up after so many workers in a row that could not start.
constexpr unsigned most_failed_starts = 5;
constexpr std::uint32_t usual_max_receives = 5;
/// Another crew that is killed while we work is seen this soon, long before its leases end.
constexpr std::chrono::milliseconds look_at_neighbours = 500ms;
/// A receive comes back by itself now and then; it is called again.
constexpr std::chrono::milliseconds long_wait = 1h;

} // namespace

crew::crew(queue jobs_, std::vector<std::string> command_, work_options options_, work_hooks hooks_)
    : jobs(std::move(jobs_)), command(std::move(command_)), options(options_), hooks(std::move(hooks_)),
      token_(random_token()), left_behind_(options_.adopt_orphans) {}

crew::running::running(asio::any_io_executor executor, crew& self, parlance::holder holds, std::uint32_t max_receives)
    : holder(std::move(holds)),
      places(executor, self.weak_from_this(), {.give_up_after = most_failed_starts, .grace = self.options.grace},
             {.start_failed = [&self](std::string const& why) { self.note("a worker could not start: " + why); },
              .gave_up = [&self] { self.give_up(); },
              .ends_processes = [&self] { self.look_at_output_again(); },
              .fault = [&self](std::exception_ptr why) { self.fail(std::move(why)); }}),
      feeds(executor,
            [this, &self](std::size_t count) {
                return holder.receive(self.jobs, {.wait = long_wait, .count = count, .vt = self.options.lease});
            }),
      settles(executor, self.jobs, max_receives,
              {.settled = [&self](settlement const& one) { self.report(one); },
               .note = [&self](std::string_view sentence) { self.note(sentence); },
               .store_failed = [&self](std::exception_ptr why) { self.fail(why); }}),
      lease_clock(executor), neighbour_clock(executor), output_flows(executor) {}

std::string crew::token(unsigned place) const { return token_ + "." + std::to_string(place); }

void crew::note(std::string_view sentence) {
    hear([&] {
        if (hooks.note) hooks.note(sentence);
    });
}

void crew::report(settlement const& one) {
    running_->feeds.forget(one.job);
    auto const& so_far = running_->settles.so_far();
    sums_.done = so_far.done, sums_.failed = so_far.failed, sums_.retried = so_far.retried, sums_.dead = so_far.dead;
    sums_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
    if (one.judged.what == verdict::kind::released && ending_workers()) sums_.interrupted = true;
    hear([&] {
        if (hooks.progress) hooks.progress(sums_);
    });
}

void crew::sweep(std::string const& token) {
    if (!running_->places.at_once()) left_behind_.end_those_of(token); // else one look for all, in the end
}

void crew::hold_output(bool held) {
    output_held_ = held;
    if (!held && running_) running_->output_flows.notify_all();
}

asio::awaitable<void> crew::until_output_flows(bool const& has_ended) {
    while (output_held_ && !ending_workers() && !settled_ && !has_ended) co_await running_->output_flows.wait();
}
void crew::look_at_output_again() { running_->output_flows.notify_all(); }

asio::awaitable<void> crew::until_more_may_be_taken() {
    while (output_held_ && !stopping()) co_await running_->output_flows.wait();
}

void crew::give_up() {
    failure const fault(errc::start_failed,
                        {.input = command.front(),
                         .reason = "workers ended " + std::to_string(most_failed_starts) +
                                   " times in a row before they took a message; the last: " + starts().last_reason(),
                         .mend = "run the worker by hand and see what it says",
                         .facts = {{"queue", jobs.name()}}});
    fail(std::make_exception_ptr(fault));
}

void crew::hook_failed(std::exception_ptr why) noexcept {
    if (!hook_fault_) hook_fault_ = std::move(why);
    stop();
}

void crew::fail(std::exception_ptr why) {
    if (!fault_) fault_ = why;
    stop_now();
}

asio::awaitable<void> crew::place(unsigned number) {
    auto const self = shared_from_this();
    worker_record known{.token = token(number)}; // a later crew must be able to find what runs here
    co_await running_->holder.record_worker(std::move(known));
    if (options.mode == work_mode::exec)
        co_await exec_place(self, number);
    else
        co_await lasting_place(self, number);
}

asio::awaitable<void> crew::feed() {
    try {
        co_await running_->feeds.run();
    } catch (...) {
        fail(std::current_exception());
    }
    for (auto& job : running_->feeds.leftovers()) running_->settles.add({std::move(job), {verdict::kind::released}});
    fed_ = true;
}

asio::awaitable<void> crew::keep_leases() {
    while (!settled_) {
        auto const next = std::chrono::steady_clock::now() + options.lease / 3;
        while (!settled_ && std::chrono::steady_clock::now() < next) co_await running_->lease_clock.wait_until(next);
        std::vector<delivery> held;
        for (auto const& [id, job] : running_->feeds.held()) held.push_back(job);
        if (!settled_ && !held.empty()) co_await extend_all(held, options.lease);
        if (options.adopt_orphans) left_behind_.reap();
    }
}

asio::awaitable<void> crew::watch_neighbours() {
    while (!settled_) {
        auto const next = std::chrono::steady_clock::now() + look_at_neighbours;
        while (!settled_ && std::chrono::steady_clock::now() < next)
            co_await running_->neighbour_clock.wait_until(next);
        if (!settled_) co_await take_over(jobs.where(), [this](std::string_view sentence) { note(sentence); });
    }
}

asio::awaitable<void> crew::watch_emptiness() {
    auto const got = co_await as_result(
        asio::co_spawn(running_->places.changed().executor(), jobs.wait_until_empty({}, options.due_only),
                       asio::bind_cancellation_slot(running_->stop_watching.slot(), asio::use_awaitable)));
    if (got)
        stop();
    else if (got.error().code() != asio::error::operation_aborted)
        throw got.error();
}

void crew::stop() {
    asked_ = std::max(asked_, end_asked::in_good_order);
    if (!running_ || stopping()) return;
    running_->feeds.stop();
    running_->output_flows.notify_all();
    running_->places.stop();
}

void crew::stop_now() {
    asked_ = end_asked::at_once;
    if (!running_) return;
    stop();
    running_->places.stop_now();
}

/// Makes the queue, ends what a killed crew left, and puts our name in the store.
asio::awaitable<void> crew::enter() {
    co_await jobs.ensure();
    auto const info = co_await jobs.info();
    auto const of_the_queue = info.max_receives ? info.max_receives : usual_max_receives;
    if (info.dead_letter.empty() || info.dead_letter.size() > longest_queue_name)
        static_cast<void>(dead_letter_name(jobs.name(), queue_settings{})); // refused now, not at the first death
    co_await take_over(jobs.where(), [this](std::string_view sentence) { note(sentence); });
    auto entered = co_await holder::enter(jobs.where());
    running_.emplace(co_await asio::this_coro::executor, *this, std::move(entered),
                     options.max_receives ? options.max_receives : of_the_queue);
}

/// Settles what is left, and leaves the store as if we had never been.
asio::awaitable<void> crew::wind_up() {
    stop();
    running_->stop_watching.emit(asio::cancellation_type::terminal);
    while (!fed_) co_await running_->places.changed().wait();
    running_->settles.finish();
    settled_ = true;
    running_->lease_clock.notify_all();
    running_->neighbour_clock.notify_all();
    running_->output_flows.notify_all();
    if (running_->places.at_once() || options.adopt_orphans) left_behind_.end_all(token_ + ".");
    co_await running_->places.until_all_ended();
    co_await running_->holder.leave();
}

asio::awaitable<work_summary> crew::run() {
    auto const self = shared_from_this();
    started_ = std::chrono::steady_clock::now();
    co_await enter();
    auto& places = running_->places;
    places.start(feed());
    places.start(running_->settles.run());
    places.start(keep_leases());
    places.start(watch_neighbours());
    if (options.until_empty) places.start(watch_emptiness());
    auto const procs = options.procs ? options.procs : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned number = 1; number <= procs; ++number) places.open(place(number));
    if (asked_ == end_asked::at_once) stop_now(); // while we entered
    if (asked_ == end_asked::in_good_order) stop();

    co_await places.until_closed();
    co_await wind_up();
    if (fault_) std::rethrow_exception(fault_);
    if (hook_fault_) std::rethrow_exception(hook_fault_);
    co_return sums_;
}

} // namespace parlance
