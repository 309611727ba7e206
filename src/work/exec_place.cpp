// A place whose worker is a new process for each message.
#include "work/crew.hpp"
#include "work/takeover.hpp"
#include "work/task_text.hpp"
#include "work/worker_process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace parlance {
namespace {

/// A worker need not read its input: that its end is closed is no fault.
asio::awaitable<void> feed_input(stream in, std::string text) {
    try {
        co_await in.write(std::move(text));
    } catch (failure const& fault) {
        if (fault.code() != errc::peer_closed) throw;
    }
}

/// A message that is too long for an argument, or has a NUL byte where an argument cannot, fails by itself: another
/// message may well start.
bool is_fault_of_the_message(failure const& fault) {
    auto const* number = fault.details().facts.if_contains("errno");
    return fault.code() == errc::invalid_argument || (number && *number == "E2BIG");
}

asio::awaitable<std::shared_ptr<worker_process>> start_worker(std::shared_ptr<crew> self, unsigned number,
                                                              delivery const& job) {
    task_view const task{job.id().text(), self->jobs.name(), job.text(), job.attempt(), self->options.text};
    worker_start how{.place = number,
                     .arguments = task_arguments(std::span(self->command).subspan(1), task),
                     .environment = task_environment(task),
                     .timeout = self->options.timeout};
    co_return co_await worker_process::start(std::move(self), std::move(how));
}

verdict judge(crew const& self, process_end const& end) {
    if (end.reason == end_reason::timed_out) return judge_overrun(self.options.timeout);
    // one that used our SIGTERM to finish has finished, and may say so
    bool const has_its_say = end.code == 0 || end.code == exit_later || end.code == exit_dead;
    if (self.ending_workers() && !has_its_say) return {verdict::kind::released};
    return judge_end(end);
}

asio::awaitable<void> attempt(std::shared_ptr<crew> self, unsigned number, delivery job) {
    auto& settles = self->now().settles;
    if (self->ending_workers() || self->starts().given_up()) {
        settles.add({job, {verdict::kind::released}});
        co_return;
    }
    auto started = co_await as_result(start_worker(self, number, job));
    if (!started) {
        if (is_fault_of_the_message(started.error())) {
            settles.add({job, {verdict::kind::failed, started.error().what()}});
            co_return;
        }
        settles.add({job, {verdict::kind::released}});
        co_await self->start_failed(started.error().what());
        co_return;
    }
    self->starts().succeeded();
    auto const worker = *started;
    if (self->ending_workers()) worker->process().kill(signal::kill); // asked for while it started
    auto const executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, feed_input(std::move(worker->process().in()), job.text()), asio::detached);
    auto known = record_of(worker->process(), self->token(number));
    co_await self->now().holder.record_worker(std::move(known));
    auto const end = co_await worker->ended();
    settles.add({job, judge(*self, end), worker->err_tail()});
}

} // namespace

asio::awaitable<void> exec_place(std::shared_ptr<crew> self, unsigned number) {
    feeder::demand wants(co_await asio::this_coro::executor);
    for (;;) {
        co_await self->until_more_may_be_taken();
        auto taken = co_await self->now().feeds.take(wants, 1);
        if (taken.empty()) co_return;
        co_await attempt(self, number, std::move(taken.front()));
    }
}

} // namespace parlance
