// What workers listen on, and which of them gets a connection.
#include "cluster/cluster_core.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace parlance {
namespace {

/// Connections that were accepted here and that no worker has; then the kernel keeps them.
constexpr std::size_t most_waiting = 128;
/// Until a connection that every worker refused is offered again, and until more descriptors may be free.
constexpr std::chrono::milliseconds short_pause{20};

asio::awaitable<void> pause_for(asio::steady_timer& clock, std::chrono::milliseconds length) {
    clock.expires_after(length);
    co_await clock.async_wait(asio::as_tuple(asio::use_awaitable));
}

int last_descriptor() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1023;
    return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 30)) - 1;
}

bool is_nothing(js::value const& v) noexcept { return v.is_undefined() || v.is<std::nullptr_t>(); }

} // namespace

/// A server of the worker wants its socket.
void cluster_core::asked(process_ptr const& worker, worker_message const& m) {
    if (worker->leaves || places_->stopping()) return; // as Node has it: it is on its way out
    auto const found = ports_.find(m.query.key);
    auto const at = found != ports_.end() ? found->second : open_port(worker, m);
    if (!at) return;
    if (is_nothing(at->data)) at->data = m.query.data;
    at->users.insert(worker->id);
    at->patience.cancel();
    if (at->is_round_robin) {
        say(worker, say_round_robin(m, at->data, at->here));
        at->turns.joined(worker->id);
        hand_out(at);
        return;
    }
    auto const kind = is_datagram(m.query) ? ipc_handle::kind::native_datagram : ipc_handle::kind::native;
    try {
        say(worker, say_shared(m, at->data), ipc_handle(kind, ipc_handle::copy_of(at->socket.native_handle())));
    } catch (failure const& fault) { // no more descriptors
        say(worker, say_no_socket(m, fault.code().value()));
        leave_port(at, worker, false);
    }
}

/// None where there is no such socket, which the worker then knows.
cluster_core::port_ptr cluster_core::open_port(process_ptr const& worker, worker_message const& m) {
    bool const accepts = options_.how == schedule::round_robin && !is_datagram(m.query);
    auto opened = open_socket(m.query, accepts);
    if (opened.fault != 0) {
        say(worker, say_no_socket(m, opened.fault));
        return nullptr;
    }
    auto const at = std::make_shared<cluster_port>(worker->changed.executor(), m.query, std::move(opened), accepts);
    ports_[at->key] = at;
    if (accepts) places_->start(accept_at(at));
    return at;
}

/// Nobody may be left who listens there.
void cluster_core::leave_port(port_ptr at, process_ptr const& worker, bool has_successor) {
    if (at->users.erase(worker->id) == 0) return;
    if (auto const it = std::ranges::find(worker->listens_on, at->listened()); it != worker->listens_on.end())
        worker->listens_on.erase(it);
    at->turns.left(worker->id);
    if (!at->users.empty()) return;
    if (has_successor && options_.restarts && !places_->stopping())
        places_->start(close_in_time(at));
    else
        close_port(at);
}

/// It is to get no more connections. Where it died, those that it had not accepted go to others.
void cluster_core::leave_ports(process_ptr const& worker, bool died) {
    auto const all = ports_;
    for (auto const& [key, at] : all) leave_port(at, worker, true);
    if (!died) return;
    std::vector<port_ptr> concerned;
    std::erase_if(unanswered_, [&](auto const& each) {
        if (each.second.worker != worker->id) return false;
        concerned.push_back(each.second.at);
        return true;
    });
    for (auto const& at : concerned) {
        at->turns.gone(worker->id);
        hand_out(at);
    }
}

void cluster_core::close_port(port_ptr at) {
    at->close();
    if (auto const it = ports_.find(at->key); it != ports_.end() && it->second == at) ports_.erase(it);
}

void cluster_core::close_ports() noexcept {
    for (auto const& [key, at] : ports_) at->close();
    ports_.clear();
}

/// Its last worker died. The next one finds it open, and the connections that came meanwhile.
asio::awaitable<void> cluster_core::close_in_time(port_ptr at) {
    co_await pause_for(at->patience, options_.keep_sockets);
    if (at->users.empty() && at->patience.expiry() <= asio::steady_timer::clock_type::now()) close_port(at);
}

asio::awaitable<void> cluster_core::accept_at(port_ptr at) {
    asio::steady_timer clock(at->room.executor());
    while (at->is_open()) {
        auto const [fault] = co_await at->socket.async_wait(asio::posix::descriptor_base::wait_read,
                                                            asio::as_tuple(asio::use_awaitable));
        if (fault || !at->is_open()) co_return;
        bool const has_room = accept_some(*at);
        hand_out(at);
        if (!has_room) co_await pause_for(clock, short_pause);
        while (at->is_open() && at->turns.waiting() >= (has_room ? most_waiting : 1)) co_await at->room.wait();
    }
}

/// False where we, or the system, have hardly any descriptors left: handing a connection over takes two more.
bool cluster_core::accept_some(cluster_port& at) {
    auto const last = last_descriptor() - 2 * static_cast<int>(spots_.size()) - 8;
    while (at.turns.waiting() < most_waiting) {
        unique_fd connection(::accept4(at.socket.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (connection) {
            bool const is_one_of_the_last = connection.get() >= last; // the kernel gives the lowest that is free
            at.turns.arrived(std::move(connection));
            if (is_one_of_the_last) return false;
        } else if (errno == EAGAIN) {
            return true;
        } else if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO) {
            return false; // no more descriptors; or it does not listen any more, which the next wait tells
        }
    }
    return true;
}

void cluster_core::hand_out(port_ptr const& at) {
    while (auto const next = at->turns.next()) {
        auto const worker = workers_.at(next->worker);
        try {
            ipc_handle connection(ipc_handle::kind::native, ipc_handle::copy_of(next->connection.get()));
            auto const seq = ++last_seq_;
            unanswered_[seq] = {worker->id, at};
            places_->start(hand_over(worker, at, seq, std::move(connection)));
        } catch (failure const&) { // no more descriptors: in a moment, perhaps
            at->turns.answered(worker->id, false);
        }
    }
    if (at->turns.waiting() < most_waiting) at->room.notify_all();
    if (at->turns.is_refused_by_all() && !std::exchange(at->is_retrying, true)) places_->start(retry(at));
}

asio::awaitable<void> cluster_core::hand_over(process_ptr worker, port_ptr at, std::uint64_t seq,
                                              ipc_handle connection) {
    bool has_it = false;
    if (worker->is_connected())
        has_it = bool(
            co_await as_result(worker->talk->send_internal(say_new_connection(at->key, seq), std::move(connection))));
    if (has_it || unanswered_.erase(seq) == 0) co_return; // else its answer tells, or has told
    if (!worker->is_connected()) leave_port(at, worker, true);
    at->turns.answered(worker->id, false);
    hand_out(at);
}

asio::awaitable<void> cluster_core::retry(port_ptr at) {
    asio::steady_timer clock(at->room.executor());
    co_await pause_for(clock, short_pause);
    at->is_retrying = false;
    at->turns.offer_again();
    hand_out(at);
}

/// An answer to what was sent to another worker is none: that one may still die with the connection.
bool cluster_core::is_asked(cluster_process const& worker, std::uint64_t seq) const noexcept {
    auto const found = unanswered_.find(seq);
    return found != unanswered_.end() && found->second.worker == worker.id;
}

void cluster_core::answered(std::uint64_t seq, bool accepted) {
    auto const found = unanswered_.find(seq);
    auto const [worker, at] = found->second;
    unanswered_.erase(found);
    at->turns.answered(worker, accepted);
    counts_.connections += accepted ? 1 : 0;
    if (accepted && at->turns.is_refused_by_all()) at->turns.offer_again(); // there is room again, it seems
    hand_out(at);
}

} // namespace parlance
