// The way into a channel. See state.hpp for the path that a message takes.
#include "base/large_blocks.hpp"
#include "channel/noise.hpp"
#include "channel/state.hpp"
#include "wire/check_json.hpp"
#include "wire/find.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace parlance {
namespace {

/// `receive_some` hands out no more at once: what it allocates stays in the processor's cache.
constexpr std::size_t most_at_once = 512;

} // namespace

asio::awaitable<std::optional<message>> channel::state::receive(self me) {
    for (;;) {
        if (auto got = me->take()) co_return got;
        if (me->end_) co_return std::nullopt;
        co_await fill(me);
    }
}

asio::awaitable<std::vector<message>> channel::state::receive_some(self me) {
    std::vector<message> all;
    for (;;) {
        try {
            while (all.size() < most_at_once) {
                auto got = me->take();
                if (!got) break;
                all.push_back(std::move(*got));
            }
        } catch (...) {
            if (all.empty()) throw;
            me->deferred_ = std::current_exception();
        }
        if (!all.empty() || me->end_) co_return all;
        co_await fill(me);
    }
}

std::optional<message> channel::state::take() {
    if (!ready_.empty()) {
        auto first = std::move(ready_.front());
        ready_.pop_front();
        return first;
    }
    if (deferred_) std::rethrow_exception(std::exchange(deferred_, nullptr));
    return cut_one();
}

std::optional<message> channel::state::cut_one() {
    while (!end_) {
        frame_begin_ = cutter_.offset();
        auto step = cutter_.next(in_.bytes());
        in_.consume(step.consumed);
        if (step.state == wire::cut_state::need_more) {
            if (!input_ended_) return std::nullopt;
            frame_begin_ = cutter_.offset();
            step = cutter_.finish(in_.bytes());
            in_.consume(step.consumed);
            if (step.state == wire::cut_state::need_more) finish({});
        }
        if (auto got = judge(step)) return got;
    }
    return std::nullopt;
}

/// What a step of the cutter means: a message, nothing, or a throw. Its bytes are consumed and still there.
std::optional<message> channel::state::judge(wire::cut const& step) {
    switch (step.state) {
    case wire::cut_state::skip:
    case wire::cut_state::need_more: return std::nullopt;
    case wire::cut_state::stray: pass_noise(step); return std::nullopt;
    case wire::cut_state::too_large: fail(errc::message_too_large, step);
    case wire::cut_state::bad: fail(errc::bad_frame, step);
    case wire::cut_state::ended_inside: fail(errc::ended_inside_message, step);
    case wire::cut_state::whole: break;
    }
    if (!is_message(step.message)) {
        if (wire::skip_space(step.message) < step.message.size()) pass_noise(step); // a blank line is nothing at all
        return std::nullopt;
    }
    ++statistics_.messages_in;
    if (step.message.size() >= large_message_bytes) keep_large_blocks();
    std::optional<message> got(std::in_place, std::string(step.message));
    if (options_.one_at_a_time) answered();
    return got;
}

bool channel::state::is_message(std::string_view text) const noexcept {
    if (frames_ >= framing::length_prefix || frames_ == framing::content_length)
        return true; // bytes of any kind, or its header says that it is one
    if (options_.validate) return wire::is_json(text, inbox::spare);
    auto const first = wire::skip_space(text);
    return first < text.size() && (wire::begins_container(text[first]) || wire::begins_word(text[first]));
}

void channel::state::pass_noise(wire::cut const& step) {
    ++statistics_.noise_lines;
    switch (options_.noise) {
    case noise::skip: return;
    case noise::error: fail(errc::not_a_message, step);
    case noise::to_stderr: break;
    }
    if (on_noise_)
        on_noise_(step.message);
    else
        print_noise(name_, step.message, statistics_.noise_lines == 1);
}

void channel::state::fail(errc what, wire::cut const& step) {
    failure_details details{.input = name_, .offset_bytes = cutter_.offset() - step.consumed + step.at};
    refused_ = step.message;
    if (frames_ == framing::lines) details.line = cutter_.line();
    switch (what) {
    case errc::not_a_message:
        details.reason = "not a message: " + quoted_start(step.message);
        details.mend = "print one JSON value on each line; logs belong on standard error";
        break;
    case errc::message_too_large:
        details.reason =
            "a message larger than the limit of " + std::to_string(options_.message_limit_bytes) + " bytes";
        break;
    case errc::ended_inside_message:
        details.reason =
            "ended in the middle of a message, of which " + std::to_string(step.message.size()) + " bytes came";
        details.facts["bytes"] = step.message.size();
        break;
    default: details.reason = step.reason; break;
    }
    if (what == errc::ended_inside_message || cutter_.is_fatal(step.state)) {
        refused_ = {};
        finish(make_error_code(what));
    }
    throw failure(what, std::move(details));
}

/// No more messages come.
void channel::state::finish(boost::system::error_code why) noexcept {
    end_ = why;
    if (!reading_) in_.clear(); // else a read that waits has its bytes there yet to come
    read_.wake_all();
}

/// one_at_a_time: the next message may go.
void channel::state::answered() {
    may_write_ = true;
    if (!queue_.empty()) schedule_flush();
}

asio::awaitable<void> channel::state::fill(self me, time_point deadline) {
    if (!me->executor_) me->executor_ = co_await asio::this_coro::executor;
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (me->end_ || me->input_ended_) co_return;
    me->flush_now(); // what we wait for may be the answer to it
    if (me->reading_) {
        if (!co_await me->read_.wait(me->executor_, deadline)) throw failure(errc::timed_out, {.input = me->name_});
        co_return;
    }
    struct turn { // also where the event loop ends before the read does
        state& me;
        explicit turn(state& of) : me(of) { me.reading_ = true; }
        turn(turn const&) = delete;
        turn& operator=(turn const&) = delete;
        ~turn() {
            me.reading_ = false;
            if (me.end_) me.in_.clear();
            me.read_.wake_all();
        }
    } const mine(*me);
    auto const idle = me->options_.idle_timeout;
    if (idle.count() > 0) deadline = std::min(deadline, std::chrono::steady_clock::now() + idle);
    if (deadline == never) {
        try { // as read_once does, whose coroutine is spared where no timer runs beside it: on the way of every read
            me->took(co_await me->bytes_.read_some(me->in_.room()));
        } catch (boost::system::system_error const& fault) {
            me->reading_failed(fault);
        }
    } else {
        co_await read_until(me, deadline);
    }
    if (auto const fault = std::exchange(me->read_fault_, nullptr)) std::rethrow_exception(fault);
}

void channel::state::took(std::size_t count) noexcept {
    in_.filled(count);
    answering_ = true;
    input_ended_ = count == 0;
    ++statistics_.reads;
    statistics_.bytes_in += count;
}

/// Called while the fault is handled. Keeps it for `fill`.
void channel::state::reading_failed(boost::system::system_error const& fault) {
    if (fault.code() == asio::error::operation_aborted) {
        read_fault_ = std::current_exception();
    } else {
        finish(fault.code());
        read_fault_ = std::make_exception_ptr(failure(fault.code(), {.input = name_, .reason = reason_of(fault)}));
    }
}

/// Reads into the inbox and throws nothing, so that a read which ends together with a timer loses nothing.
asio::awaitable<bool> channel::state::read_once(self me) {
    try {
        me->took(co_await me->bytes_.read_some(me->in_.room()));
        co_return true;
    } catch (boost::system::system_error const& fault) {
        me->reading_failed(fault);
    }
    co_return false;
}

asio::awaitable<void> channel::state::read_until(self me, time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(me->executor_, deadline);
    auto const first = co_await (read_once(me) || timer.async_wait(asio::use_awaitable));
    if (first.index() == 0 || (me->read_fault_ && me->end_)) co_return; // read, ended or cancelled
    if (!std::exchange(me->read_fault_, nullptr)) co_return;            // both at once: it was read
    throw failure(errc::timed_out, {.input = me->name_, .reason = "nothing came in time"});
}

} // namespace parlance
