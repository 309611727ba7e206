#pragma once
/// What is to be done next about a child: its timeout, its stop plan, the pipes that outlive it. Pure.

#include "base/deadline.hpp"

#include <parlance/process.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace parlance {

using steady_time = std::chrono::steady_clock::time_point;

/// What is known of a child at one moment.
struct situation {
    steady_time started{};
    std::chrono::milliseconds timeout{0}; ///< 0: none
    std::chrono::milliseconds silence{0}; ///< 0: none
    steady_time heard{};                  ///< when something last came from it
    std::chrono::milliseconds drain{0};
    std::optional<steady_time> exited{}; ///< when its end was seen
    bool reaped = false;
    bool pipes_open = false; ///< a pipe from it is not at its end
    bool gave_up_pipes = false;
    std::optional<steady_time> stop_began{}; ///< a stop plan is being carried out since then
    std::chrono::milliseconds grace{0};      ///< of that plan
    bool first_sent = false, kill_sent = false;
    bool tree_left = false; ///< it has exited, others of its tree have not (asked only while stopping)
};

struct next_step {
    enum class kind {
        wait,          ///< for news, and no longer than `until`
        time_out,      ///< its time is over: begin the stop plan
        listen,        ///< nothing was heard for too long: see whether something lies unread, else begin the stop plan
        send_first,    ///< the first signal of the stop plan
        send_kill,     ///< SIGKILL
        reap,          ///< take its status away from the system
        give_up_pipes, ///< somebody holds them open; what is in them has been read
        done,          ///< nothing more will happen
    };
    kind what;
    std::optional<steady_time> until{};
    bool operator==(next_step const&) const = default;
};

/// What a cancellation asks for. The strongest kind counts; a terminal one asks for an end at once.
inline stop_plan plan_for(asio::cancellation_type asked, stop_plan const& usual) noexcept {
    using enum asio::cancellation_type;
    if ((asked & terminal) != none) return {.first = signal::kill, .grace = std::chrono::milliseconds(0)};
    return {.first = (asked & partial) != none ? signal::term : signal::interrupt, .grace = usual.grace};
}

/// How often to look whether the tree of a child that has exited is gone; a process group cannot be waited for.
inline constexpr std::chrono::milliseconds look_again{10};

/// A group is signalled before its leader is reaped, for after that its number may be another's. So while a stop plan
/// is carried out, the leader is kept until the others are gone or killed.
inline next_step next(situation const& s, steady_time now) noexcept {
    using enum next_step::kind;
    if (s.stop_began && !s.reaped && (!s.exited || s.tree_left)) {
        if (!s.first_sent) return {send_first};
        auto const kill_at = point_after(*s.stop_began, s.grace);
        if (!s.kill_sent && now >= kill_at) return {send_kill};
        if (!s.kill_sent) return {wait, s.exited ? std::min(kill_at, now + look_again) : kill_at};
        if (!s.exited) return {wait};
    }
    if (s.exited) {
        if (!s.reaped) return {reap};
        if (!s.pipes_open || s.gave_up_pipes) return {done};
        auto const over = point_after(*s.exited, s.drain);
        return now >= over ? next_step{give_up_pipes} : next_step{wait, over};
    }
    if (s.stop_began) return {wait};
    auto const never = steady_time::max();
    auto const over = s.timeout.count() == 0 ? never : point_after(s.started, s.timeout);
    auto const silent = s.silence.count() == 0 ? never : point_after(s.heard, s.silence);
    if (now >= over) return {time_out};
    if (now >= silent) return {listen};
    auto const until = std::min(over, silent);
    return until == never ? next_step{wait} : next_step{wait, until};
}

} // namespace parlance
