// The story of a place: one worker after another, until the cluster has ended.
#include "cluster/cluster_core.hpp"

#include "base/deadline.hpp"

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

} // namespace

cluster_core::process_ptr cluster_core::launch(place& at) {
    auto const& executor = at.clock.executor();
    auto const started = std::make_shared<cluster_process>(executor, ++last_id_, at.number);
    auto env = env_;
    env.push_back("NODE_UNIQUE_ID=" + std::to_string(started->id));
    auto options = options_.process;
    options.env = env;
    ++counts_.starts;
    auto& process = started->process.emplace(parlance::fork(script_, args_, options));
    started->core = weak_from_this();
    started->pid = process.pid();
    auto out = std::move(process.out()); // all is asked for before anything is awaited
    auto err = std::move(process.err());
    auto& talk = started->talk.emplace(std::move(process.channel()));
    talk.on_internal([this, who = std::weak_ptr(started)](js::value const& said, ipc_handle) {
        auto const worker = who.lock();
        auto const m = read_worker_message(said);
        if (worker && m) heard(worker, *m);
    });
    workers_[started->id] = at.current = started;
    places_->living().insert(&process);
    read(started, std::move(out), false);
    read(started, std::move(err), true);
    places_->start(receive_from(started));
    places_->start(tell(started));
    places_->start(watch(started));
    return started;
}

void cluster_core::read(process_ptr const& of, stream from, bool is_error) {
    if (!from.is_open()) return;
    ++of->outputs;
    places_->start(read_lines(of, std::move(from), is_error));
}

asio::awaitable<void> cluster_core::read_lines(process_ptr of, stream from, bool is_error) {
    auto const print = [this, &of](std::string_view line) {
        hear([&] {
            if (hooks_.output) hooks_.output(cluster_worker(of), line);
        });
    };
    output_reader reader(print, is_error ? &of->err_tail : nullptr);
    try {
        for (bool more = true; more;) more = co_await reader.read_from(from);
    } catch (boost::system::system_error const& fault) {
        print(fault.what()); // what it printed cannot be read any more; how it ends tells the rest
    }
    --of->outputs;
    of->changed.notify_all();
}

/// Its messages come before its end.
asio::awaitable<void> cluster_core::watch(process_ptr which) {
    auto end = co_await which->process->wait();
    which->gone = true;
    if (which->process) places_->living().erase(&*which->process); // else the cluster was dropped
    auto const deadline = deadline_after(options_.process.drain);  // another process may hold the channel open
    while (!which->heard_all && steady::now() < deadline) co_await which->heard.wait_until(deadline);
    which->talk.reset();
    while (which->outputs != 0) co_await which->changed.wait();
    if (end.err_tail.empty()) end.err_tail = which->err_tail.text();
    leave_ports(which, true);
    which->end = std::move(end);
    workers_.erase(which->id);
    news_of(*which);
    while (!which->told_all) co_await which->changed.wait();
    hear([&] {
        if (hooks_.exit) hooks_.exit(cluster_worker(which), *which->end);
    });
}

asio::awaitable<void> cluster_core::keep(place& at) {
    death_guard deaths(options_.pauses, options_.healthy_after);
    while (!places_->stopping()) {
        process_ptr worker;
        std::string why;
        try {
            worker = launch(at);
        } catch (boost::system::system_error const& fault) {
            why = fault.what();
        }
        if (!worker) {
            co_await places_->start_failed(std::move(why));
            continue;
        }
        hear([&] {
            if (hooks_.fork) hooks_.fork(cluster_worker(worker));
        });
        co_await serve(at, worker);
        co_await bury(worker, deaths);
        if (!options_.restarts) break;
    }
    if (--open_places_ == 0) close_ports();
}

/// Its start was good.
void cluster_core::has_started(cluster_process& which) noexcept {
    if (std::exchange(which.proven, true)) return;
    places_->starts().succeeded();
    news_of(which);
}

/// Until it has ended.
asio::awaitable<void> cluster_core::serve(place& at, process_ptr worker) {
    auto const steady_at = deadline_after(options_.steady_after);
    auto const must_go = [&] { return places_->stopping() || worker->is_to_leave || worker->heard_all; };
    while (!worker->end && !must_go()) {
        if (!worker->proven && steady::now() >= steady_at) has_started(*worker);
        co_await at.clock.wait_until(worker->proven ? steady::time_point::max() : steady_at);
    }
    if (!worker->end) co_await see_off(at, worker);
    while (!worker->end) co_await at.clock.wait();
}

/// It has the grace to end by itself.
asio::awaitable<void> cluster_core::see_off(place& at, process_ptr worker) {
    auto const deadline = deadline_after(options_.grace);
    auto const has_time = [&] { return !worker->end && !at_once_ && !places_->ending() && steady::now() < deadline; };
    if (has_time() && worker->is_connected()) ask_to_leave(worker);
    while (has_time()) co_await at.clock.wait_until(deadline);
    leave_ports(worker, false);
    if (!worker->gone && worker->process) co_await worker->process->stop();
}

asio::awaitable<void> cluster_core::bury(process_ptr which, death_guard& deaths) {
    if (places_->stopping() || !options_.restarts || which->is_to_leave) co_return;
    auto const& end = *which->end;
    if (!which->proven && end.duration < options_.steady_after) {
        co_await places_->start_failed(end.sentence());
        co_return;
    }
    has_started(*which);
    if (!which->leaves) {
        ++counts_.deaths;
        note(which->name + " ended: " + end.sentence());
    }
    co_await places_->pause(deaths.died(end.duration));
}

} // namespace parlance
