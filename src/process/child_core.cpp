#include "process/child_core.hpp"

#include "base/deadline.hpp"
#include "process/child_pipe.hpp"
#include "process/child_watch.hpp"
#include "process/command_log.hpp"
#include "process/descriptor_name.hpp"
#include "process/pidfd.hpp"
#include "process/strangers.hpp"
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

bool belongs_to_another(pid_t pid, std::string_view token) {
    auto const whose = token_of(pid);
    return whose && !whose->empty() && *whose != token;
}

resource_usage usage_of(rusage const& used) noexcept {
    auto const time = [](timeval const& t) {
        return std::chrono::microseconds(std::chrono::seconds(t.tv_sec)) + std::chrono::microseconds(t.tv_usec);
    };
    return {time(used.ru_utime), time(used.ru_stime), static_cast<std::uint64_t>(used.ru_maxrss) * 1024};
}

} // namespace

child_core::child_core(std::string command, spawn_options const& options, told heard)
    : command_(std::move(command)), token_(options.token), input_(options.input), plan_(options.stop),
      leads_group_(options.own_group || options.detached), ends_tree_(options.ends_tree),
      adopts_(options.adopt_orphans), is_told_(heard == told::yes), err_tail_bytes_(options.err_tail_bytes),
      max_buffer_bytes_(options.max_buffer_bytes), channel_mode_(options.serialization),
      channel_limits_(options.channel) {
    channel_limits_.name = {};
    now_.timeout = options.timeout;
    now_.silence = options.silence;
    now_.drain = options.drain;
    kept_[2].keep_tail(err_tail_bytes_);
}

unique_fd child_core::take(std::size_t number) noexcept {
    return number < ours_.size() ? std::move(ours_[number]) : unique_fd{};
}

void child_core::check_is_free(int number) const {
    if (number == 0 && !input_.empty())
        throw failure(errc::invalid_argument, {.input = "standard input of " + command_,
                                               .reason = "is given what `input` of its options holds",
                                               .mend = "use one of the two"});
    if (number == channel_)
        throw failure(errc::invalid_argument, {.input = name_of_descriptor(number) + " of " + command_,
                                               .reason = "is its IPC channel",
                                               .mend = "use `channel`"});
    auto const kept = kept_.find(number);
    bool const is_read = std::find(read_away_.begin(), read_away_.end(), number) != read_away_.end();
    if (!is_read && (kept == kept_.end() || !kept->second.gives_lines())) return;
    throw failure(errc::invalid_argument,
                  {.input = name_of_descriptor(number) + " of " + command_,
                   .reason = kept != kept_.end() && kept->second.gives_lines() ? "goes to `on_line`"
                             : number == 2 ? "is being kept as the tail of errors since the first await"
                                           : "is read here since `wait`, or `collect`",
                   .mend = "ask for it before that"});
}

int child_core::output(int number) const {
    check_is_free(number);
    auto const place = static_cast<std::size_t>(number);
    if (number >= 1 && place < ours_.size() && ours_[place]) return ours_[place].get();
    throw failure(errc::invalid_argument,
                  {.input = name_of_descriptor(number) + " of " + command_,
                   .reason = "cannot be given to another child: it is no pipe, or was asked for before"});
}

void child_core::collect_untaken() {
    for (int number = 1; number < static_cast<int>(ours_.size()); ++number) {
        bool const is_read = std::find(read_away_.begin(), read_away_.end(), number) != read_away_.end();
        if ((ours_[static_cast<std::size_t>(number)] || is_read) && !kept_[number].gives_lines())
            kept_[number].collect(max_buffer_bytes_);
    }
}

void child_core::give_lines(int number, kept_output::line_function hear) {
    check_is_free(number);
    kept_[number].give_lines(std::move(hear), std::max<std::size_t>(max_buffer_bytes_, 1));
}

void child_core::stop_hearing() noexcept {
    on_exit_ = nullptr;
    for (auto& [number, kept] : kept_) kept.let_go();
}

void child_core::keep(int number, std::string_view bytes) {
    heard_something();
    try {
        if (kept_[number].take(bytes)) return;
    } catch (...) {
        kept_[number].let_go();
        return hook_failed(std::current_exception());
    }
    facts_.overflowed = facts_.overflowed.value_or(number);
    begin_stop(plan_, end_reason::max_buffer);
}

void child_core::keep_end(int number) {
    try {
        kept_[number].end();
    } catch (...) {
        hook_failed(std::current_exception());
    }
}

void child_core::hook_failed(std::exception_ptr why) {
    if (!hook_fault_) hook_fault_ = std::move(why);
    begin_stop(plan_, end_reason::stopped);
}

void child_core::tell_exit() {
    if (!finished()) return;
    auto const hear = std::exchange(on_exit_, nullptr);
    if (!hear) return;
    try {
        hear(end(false));
    } catch (...) {
        hook_failed(std::current_exception());
    }
}

void child_core::notify() noexcept {
    for (auto* const each : alarms_) each->wake();
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
    case next_step::kind::listen: listen(); break;
    case next_step::kind::send_first:
        now_.first_sent = true;
        signal_tree(static_cast<int>(first_signal_));
        if (first_signal_ != signal::kill) signal_tree(SIGCONT); // who is stopped hears nothing
        break;
    case next_step::kind::send_kill:
        now_.kill_sent = true;
        signal_tree(SIGKILL);
        break;
    case next_step::kind::reap: reap(); break;
    case next_step::kind::give_up_pipes: give_up_pipes_now(); break;
    case next_step::kind::wait:
    case next_step::kind::done: break;
    }
}

/// It has said nothing for too long; unless it did, and nobody has read it yet.
void child_core::listen() {
    auto const has_said = [](child_pipe const* pipe) { return pipe->has_unread_bytes(); };
    auto const lies_unread = [](unique_fd const& pipe) { return pipe && has_bytes(pipe.get()); };
    bool const is_heard = std::any_of(pipes_.begin(), pipes_.end(), has_said) || lies_unread(channel_socket_) ||
                          std::any_of(ours_.begin(), ours_.end(), lies_unread);
    if (is_heard)
        heard_something();
    else
        begin_stop(plan_, end_reason::silent);
}

void child_core::begin_stop(stop_plan plan, end_reason why) {
    see_exit();
    if (now_.exited) return;
    if (!facts_.asked) facts_.asked = why;
    auto const began = clock::now();
    if (!now_.stop_began) {
        first_signal_ = plan.first;
        now_.stop_began = began;
        now_.grace = plan.grace;
    } else if (point_after(began, plan.grace) < point_after(*now_.stop_began, now_.grace)) {
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
    if (number == SIGKILL)
        end_escaped();
    else if (!token_.empty())
        signal_by_token(token_, number, pid_);
}

void child_core::end_escaped() noexcept {
    kill_by_token(token_);
    if (adopts_) end_strangers([&](pid_t pid) { return !belongs_to_another(pid, token_); });
}

bool child_core::send(signal which) noexcept {
    see_exit();
    int const number = static_cast<int>(which);
    if (now_.exited) {
        if (number == SIGKILL) end_escaped();
        return false;
    }
    if (!signal_group(number)) return false;
    facts_.sent = number;
    if (number == SIGKILL) end_escaped();
    return true;
}

bool child_core::is_running() noexcept {
    see_exit();
    return !now_.exited;
}

void child_core::see_exit() noexcept {
    if (now_.exited || !pidfd_) return;
    siginfo_t about{};
    int const answer = wait_on_pidfd(pidfd_.get(), WEXITED | WNOHANG | WNOWAIT, about);
    if (answer == 0 && about.si_pid == 0) return;                  // it runs
    if (answer != 0 && !wait_for_pidfd(pidfd_.get(), 0ms)) return; // not our child to wait for, but it runs
    if (answer == 0) facts_.how = about.si_code, facts_.status = about.si_status;
    now_.exited = clock::now();
    if (fed_) fed_->close(); // nobody is left whom its input was meant for
    notify();
}

// A group's number is safe until its leader is reaped.
void child_core::reap() noexcept {
    watched_by.dismiss();
    if (ends_tree_ && leads_group_) ::kill(-pid_, SIGKILL);
    siginfo_t about{};
    rusage used{};
    if (wait_on_pidfd(pidfd_.get(), WEXITED | WNOHANG, about, &used) == 0) used_ = usage_of(used);
    forget_child(pid_);
    if (adopts_ && (ends_tree_ || facts_.asked)) end_escaped();
    now_.reaped = true;
    stop_watching();
    pidfd_.reset();
    tell_end();
    notify();
}

void child_core::tell_end() noexcept {
    if (!is_told_ || !commands_are_heard()) return;
    auto const how = facts();
    tell_command({.command = command_, .pid = pid_, .end = &how});
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
    channel_socket_.reset();
    if (now_.reaped || !pidfd_ || ::getpid() != started_by_) return;
    signal_tree(SIGKILL);
    if (!facts_.asked) facts_.asked = end_reason::stopped;
    if (wait_for_pidfd(pidfd_.get(), longest_hold)) {
        see_exit();
        reap();
        return;
    }
    stop_watching();
    reap_when_ended(std::move(pidfd_), pid_);
    now_.exited = clock::now();
    now_.reaped = true;
    notify();
}

void child_core::release() noexcept {
    released_ = true;
    watched_by.dismiss();
    stop_watching();
    if (pidfd_ && !now_.reaped) reap_when_ended(std::move(pidfd_), pid_);
    ours_.clear();
    channel_socket_.reset();
    notify();
}

process_end child_core::facts() const {
    process_end end;
    end.command = command_;
    end.pid = pid_;
    describe(facts_, end);
    end.duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(now_.exited.value_or(clock::now()) - now_.started);
    end.output_complete = !output_cut_;
    end.used = used_;
    return end;
}

process_end child_core::end(bool hands_out) {
    auto end = facts();
    end.err_tail = kept_[2].tail(err_tail_bytes_);
    for (auto& [number, kept] : kept_) {
        if (!kept.collects()) continue;
        if (number >= 3) end.more.resize(std::max<std::size_t>(end.more.size(), static_cast<std::size_t>(number) - 2));
        auto& place = number == 1 ? end.out : number == 2 ? end.err : end.more[static_cast<std::size_t>(number) - 3];
        place = hands_out ? kept.hand_out(number == 2 ? err_tail_bytes_ : 0) : kept.whole();
    }
    return end;
}

} // namespace parlance
