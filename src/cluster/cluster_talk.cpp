// What workers say, and are told.
#include "cluster/cluster_core.hpp"

namespace parlance {
namespace {

/// Messages of one worker that wait for the hook; then it is read no more.
constexpr std::size_t most_in_inbox = 1024;

} // namespace

asio::awaitable<void> cluster_core::receive_from(process_ptr worker) {
    while (worker->talk) {
        auto got = co_await as_result(worker->talk->receive());
        if (!got) {
            if (!worker->talk || worker->talk->end()) break;
            note(worker->name + ": " + got.error().what());
            continue;
        }
        if (!*got) break;
        if (!hooks_.message) continue;
        worker->inbox.push_back(std::move(**got));
        worker->changed.notify_all();
        while (worker->inbox.size() >= most_in_inbox) co_await worker->changed.wait();
    }
    worker->heard_all = true;
    worker->heard.notify_all();
    leave_ports(worker, true); // in case that it lives on, it can be given nothing
    news_of(*worker);
}

/// In the order in which it said them, its end last.
asio::awaitable<void> cluster_core::tell(process_ptr worker) {
    while (!worker->heard_all || !worker->inbox.empty()) {
        if (worker->inbox.empty()) {
            co_await worker->changed.wait();
            continue;
        }
        auto m = std::move(worker->inbox.front());
        worker->inbox.pop_front();
        worker->changed.notify_all();
        if (dropped_) continue;
        try {
            co_await hooks_.message(cluster_worker(worker), std::move(m));
        } catch (...) {
            if (!hook_fault_) hook_fault_ = std::current_exception();
            stop();
        }
    }
    hear([&] {
        if (hooks_.disconnect) hooks_.disconnect(cluster_worker(worker));
    });
    worker->told_all = true;
    worker->changed.notify_all();
}

void cluster_core::heard(process_ptr const& worker, worker_message const& m) {
    using act = worker_message::act;
    if (m.ack && is_asked(*worker, *m.ack)) return answered(*m.ack, m.accepted);
    switch (m.what) {
    case act::other: break;
    case act::online:
        hear([&] {
            if (hooks_.online) hooks_.online(cluster_worker(worker));
        });
        break;
    case act::query: asked(worker, m); break;
    case act::listening: listens(worker, m.at); break;
    case act::close:
        if (auto const found = ports_.find(m.key); found != ports_.end())
            leave_port(found->second, worker, worker->leaves);
        break;
    case act::leaves:
        worker->leaves = true;
        say(worker, say_received(m.seq));
        break;
    }
}

void cluster_core::listens(process_ptr const& worker, listen_address const& at) {
    worker->listens_on.push_back(at);
    has_started(*worker);
    hear([&] {
        if (hooks_.listening) hooks_.listening(cluster_worker(worker), at);
    });
}

/// To one that may be gone: then there is nothing to say.
void cluster_core::say(process_ptr const& worker, js::value m, ipc_handle handle) {
    places_->start(send(worker, std::move(m), std::move(handle)));
}

asio::awaitable<void> cluster_core::send(process_ptr worker, js::value m, ipc_handle handle) {
    if (!worker->is_connected()) co_return;
    auto const sent = co_await as_result(worker->talk->send_internal(std::move(m), std::move(handle)));
    if (!sent && worker->is_connected()) note(worker->name + ": " + sent.error().what());
}

void cluster_core::ask_to_leave(process_ptr const& worker) {
    if (std::exchange(worker->asked_to_leave, true)) return;
    worker->leaves = true;
    leave_ports(worker, false);
    say(worker, say_disconnect());
}

} // namespace parlance
