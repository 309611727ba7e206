#include "process/child_core.hpp"

#include "process/child_pipe.hpp"
#include "process/pidfd.hpp"
#include "process/tree.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace parlance {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// A process that was killed is gone in a millisecond, unless it hangs in the kernel (a dead network file system).
constexpr auto longest_hold = 2s;

idtype_t const by_pidfd = static_cast<idtype_t>(3); // P_PIDFD

} // namespace

child_core::child_core(std::string command, spawn_options const& options)
    : command_(std::move(command)), token_(options.token), plan_(options.stop),
      leads_group_(options.own_group || options.detached), ends_tree_(options.ends_tree),
      err_tail_bytes_(options.err_tail_bytes) {
    now_.timeout = options.timeout;
    now_.drain = options.drain;
}

void child_core::started(pid_t pid, unique_fd pidfd, std::vector<unique_fd> ours) {
    pid_ = pid;
    pidfd_ = std::move(pidfd);
    ours_ = std::move(ours);
    now_.started = clock::now();
}

unique_fd child_core::take(std::size_t number) noexcept {
    return number < ours_.size() ? std::move(ours_[number]) : unique_fd{};
}

bool child_core::is_read_away(int number) const noexcept {
    return std::find(read_away_.begin(), read_away_.end(), number) != read_away_.end();
}

void child_core::notify() noexcept {
    for (auto* const each : alarms_) each->cancel();
}

void child_core::update() noexcept {
    auto const still_read = [](child_pipe const* pipe) { return pipe->holds_up(); };
    now_.pipes_open = draining_ > 0 || std::any_of(pipes_.begin(), pipes_.end(), still_read);
    now_.tree_left = now_.stop_began && now_.exited && !now_.reaped &&
                     ((leads_group_ && group_has_members(pid_)) || token_is_carried(token_));
}

void child_core::obey(next_step const& step) {
    switch (step.what) {
    case next_step::kind::time_out: begin_stop(plan_, end_reason::timed_out); break;
    case next_step::kind::send_first:
        now_.first_sent = true;
        signal_tree(static_cast<int>(first_signal_));
        break;
    case next_step::kind::send_kill:
        now_.kill_sent = true;
        signal_tree(SIGKILL);
        break;
    case next_step::kind::reap:
        if (ends_tree_ && leads_group_) ::kill(-pid_, SIGKILL); // its number is safe until its leader is reaped
        reap();
        break;
    case next_step::kind::give_up_pipes: give_up_pipes_now(); break;
    case next_step::kind::wait:
    case next_step::kind::done: break;
    }
}

void child_core::begin_stop(stop_plan plan, end_reason why) {
    if (now_.exited) return;
    if (!facts_.asked) facts_.asked = why;
    auto const began = clock::now();
    if (!now_.stop_began) {
        first_signal_ = plan.first;
        now_.stop_began = began;
        now_.grace = plan.grace;
    } else if (began + plan.grace < *now_.stop_began + now_.grace) {
        now_.grace = std::chrono::duration_cast<std::chrono::milliseconds>(began - *now_.stop_began) + plan.grace;
    }
    notify();
}

// The group's number is its leader's, safe to use only while that is not reaped: the pidfd tells.
bool child_core::signal_group(int number) noexcept {
    if (!send_to_pidfd(pidfd_.get(), 0)) return false;
    bool const told = leads_group_ && ::kill(-pid_, number) == 0;
    bool const leader_left = told && ::getpgid(pid_) != pid_;
    return told && !leader_left ? true : send_to_pidfd(pidfd_.get(), number);
}

void child_core::signal_tree(int number) noexcept {
    signal_group(number);
    if (token_.empty()) return;
    if (number == SIGKILL)
        kill_by_token(token_);
    else
        signal_by_token(token_, number, pid_);
}

bool child_core::send(signal which) noexcept {
    see_exit();
    int const number = static_cast<int>(which);
    if (now_.exited) {
        if (number == SIGKILL) kill_by_token(token_);
        return false;
    }
    if (!signal_group(number)) return false;
    facts_.sent = number;
    if (number == SIGKILL) kill_by_token(token_);
    return true;
}

void child_core::see_exit() noexcept {
    if (now_.exited || !pidfd_) return;
    siginfo_t about{};
    int answer = 0;
    do {
        answer = ::waitid(by_pidfd, static_cast<id_t>(pidfd_.get()), &about, WEXITED | WNOHANG | WNOWAIT);
    } while (answer != 0 && errno == EINTR);
    if (answer == 0 && about.si_pid == 0) return;                  // it runs
    if (answer != 0 && !wait_for_pidfd(pidfd_.get(), 0ms)) return; // not our child to wait for, but it runs
    if (answer == 0) facts_.how = about.si_code, facts_.status = about.si_status;
    now_.exited = clock::now();
    notify();
}

void child_core::reap() noexcept {
    siginfo_t about{};
    while (::waitid(by_pidfd, static_cast<id_t>(pidfd_.get()), &about, WEXITED | WNOHANG) != 0 && errno == EINTR) {}
    now_.reaped = true;
    stop_watching();
    pidfd_.reset();
    notify();
}

// The registration goes before the descriptor does; the coroutine that waits on it is told.
void child_core::stop_watching() noexcept {
    if (auto* const watch = std::exchange(pidfd_watch_, nullptr)) {
        boost::system::error_code ignored;
        watch->cancel(ignored);
        watch->release();
    }
}

void child_core::give_up_pipes_now() noexcept {
    now_.gave_up_pipes = true;
    output_cut_ = draining_ > 0;
    boost::system::error_code ignored;
    for (auto* const each : drains_) each->cancel(ignored);
    for (auto* const pipe : pipes_) pipe->give_up();
    notify();
}

void child_core::end_at_once() noexcept {
    ours_.clear();
    if (now_.reaped || !pidfd_) return;
    signal_tree(SIGKILL);
    if (!facts_.asked) facts_.asked = end_reason::stopped;
    if (wait_for_pidfd(pidfd_.get(), longest_hold)) {
        see_exit();
        reap();
        return;
    }
    stop_watching();
    reap_when_ended(std::move(pidfd_));
    now_.exited = clock::now();
    now_.reaped = true;
    notify();
}

void child_core::release() noexcept {
    released_ = true;
    stop_watching();
    if (pidfd_ && !now_.reaped) reap_when_ended(std::move(pidfd_));
    ours_.clear();
    notify();
}

void child_core::keep_tail(std::string_view bytes) {
    err_tail_ += bytes;
    if (err_tail_.size() > 2 * err_tail_bytes_ + 4096) err_tail_.erase(0, err_tail_.size() - err_tail_bytes_);
}

process_end child_core::end() const {
    process_end end;
    end.command = command_;
    end.pid = pid_;
    describe(facts_, end);
    end.duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(now_.exited.value_or(clock::now()) - now_.started);
    end.err_tail = tail_of(err_tail_, err_tail_bytes_);
    end.output_complete = !output_cut_;
    return end;
}

} // namespace parlance
