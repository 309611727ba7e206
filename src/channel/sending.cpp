// The way out of a channel. See state.hpp for the path that a message takes.
#include "base/deadline.hpp"
#include "channel/state.hpp"
#include "wire/encode.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace parlance {
namespace {

/// As much as gathers before it is written without waiting for the end of the turn.
constexpr std::size_t enough_for_a_write = 64 << 10;
/// How often in a row `send` may write at once before the others of the event loop get a turn.
constexpr unsigned writes_before_a_turn = 32;

} // namespace

asio::awaitable<void> channel::state::send(self me, message m) {
    if (!me->executor_) me->executor_ = co_await asio::this_coro::executor;
    me->check_open();
    me->refuse(m);
    if (me->must_wait()) co_await wait_for_room(me);
    me->accept(std::move(m));
}

bool channel::state::try_send(message& m) {
    check_open();
    refuse(m);
    if (!executor_) return false;
    bool const busy = writes_at_once_ >= writes_before_a_turn; // then what is accepted is written with the next turn
    if (!busy && is_full() && room_.empty()) ++writes_at_once_, flush_now(), check_open();
    if (is_full()) return schedule_flush(), false; // with the next turn of the loop there may be room
    accept(std::move(m));
    return true;
}

void channel::state::check_open() const {
    if (dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (closed_) throw failure(errc::channel_closed, {.input = name_});
    if (write_fault_) throw *write_fault_;
}

void channel::state::refuse(message const& m) const {
    auto const size = m.text().size();
    if (size > options_.message_limit_bytes)
        throw failure(errc::message_too_large,
                      {.input = "a message of " + std::to_string(size) + " bytes to " + name_,
                       .reason = "larger than the limit of " + std::to_string(options_.message_limit_bytes) + " bytes",
                       .mend = "raise message_limit_bytes, or send it in parts"});
    auto const why = wire::why_unsendable(frames_, m.text(), options_.delimiter);
    if (why.empty()) return;
    throw failure(errc::not_json, {.input = "a message to " + name_,
                                   .reason = std::string(why) + ", which the framing '" +
                                             std::string(name_of(frames_)) + "' does not allow",
                                   .mend = "send compact JSON"});
}

bool channel::state::must_wait() const noexcept { return is_full() || writes_at_once_ >= writes_before_a_turn; }

bool channel::state::is_full() const noexcept { return !room_.empty() || pending() >= options_.write_buffer_bytes; }

asio::awaitable<void> channel::state::wait_for_room(self me) {
    if (me->writes_at_once_ >=
        writes_before_a_turn) { // a busy sender gives the loop a turn before its message is accepted
        me->writes_at_once_ = 0;
        if (me->room_.empty()) me->schedule_flush(), co_await asio::post(me->executor_, asio::use_awaitable);
        me->check_open();
    }
    if (me->room_.empty() && me->pending() < me->options_.write_buffer_bytes) co_return;
    me->flush_now();
    me->check_open();
    if (me->room_.empty() && me->pending() < me->options_.write_buffer_bytes) co_return;
    co_await me->room_.wait(me->executor_);
    me->check_open();
}

void channel::state::accept(message m) {
    ++statistics_.messages_out;
    if (options_.one_at_a_time) {
        queued_bytes_ += m.text().size();
        queue_.push_back(std::move(m));
    } else {
        gathering_->add(frames_, std::move(m), options_.delimiter);
    }
    if (!pumping_ && writes_at_once_ < writes_before_a_turn &&
        (gathering_->left() >= enough_for_a_write || std::exchange(answering_, false))) {
        ++writes_at_once_;
        flush_now();
    } else {
        schedule_flush();
    }
    if (!room_.waking() && pending() < options_.write_buffer_bytes) room_.wake_one();
}

void channel::state::schedule_flush() {
    if (flush_posted_ || pumping_) return;
    flush_posted_ = true;
    asio::post(executor_, [me = shared_from_this()] {
        me->flush_posted_ = false;
        me->writes_at_once_ = 0;
        if (me->dropped_) return;
        me->flush_now();
        me->rest();
    });
}

/// Makes `writing_` hold what is to be written next; false where there is nothing.
bool channel::state::load() {
    if (!writing_->empty()) return true;
    writing_->clear();
    if (!options_.one_at_a_time) {
        std::swap(writing_, gathering_);
    } else if (may_write_ && !queue_.empty()) {
        queued_bytes_ -= queue_.front().text().size();
        writing_->add(frames_, std::move(queue_.front()), options_.delimiter);
        queue_.pop_front();
        may_write_ = false;
    }
    return !writing_->empty();
}

/// Writes what fits without waiting; the rest is the pump's.
void channel::state::flush_now() {
    if (pumping_ || write_fault_) return;
    try {
        batch::part_list parts;
        while (load()) {
            auto const count = bytes_.try_write(writing_->parts(parts), writing_->descriptor());
            if (count == 0) return start_pump();
            wrote(count);
        }
    } catch (boost::system::system_error const& fault) {
        write_failed(fault);
    }
    written_.wake_all();
}

void channel::state::wrote(std::size_t count) {
    ++statistics_.writes;
    statistics_.bytes_out += count;
    writing_->wrote(count);
    written_.wake_all();
    if (!room_.waking() && pending() < options_.write_buffer_bytes) room_.wake_one();
}

void channel::state::write_failed(boost::system::system_error const& fault) {
    auto details = failure_details{.input = name_, .reason = reason_of(fault)};
    if (fault.code() == errc::peer_closed) details.mend = "`close` gives back what it did not take";
    write_fault_.emplace(fault.code(), std::move(details));
    room_.wake_all();
    if (on_write_fault_) on_write_fault_();
}

void channel::state::start_pump() {
    pumping_ = true;
    // A signal for each: Asio clears the slot of a coroutine when its last frame goes, which may be after the next
    // began.
    stop_pump_ = std::make_shared<asio::cancellation_signal>();
    auto const outlives_it = [executor = executor_, signal = stop_pump_](std::exception_ptr const&) {
        asio::post(executor, [signal] {});
    };
    asio::co_spawn(executor_, pump(shared_from_this()), asio::bind_cancellation_slot(stop_pump_->slot(), outlives_it));
}

asio::awaitable<void> channel::state::pump(self me) {
    try {
        batch::part_list parts;
        while (me->load())
            me->wrote(co_await me->bytes_.write_some(me->writing_->parts(parts), me->writing_->descriptor()));
    } catch (boost::system::system_error const& fault) {
        me->write_failed(fault);
    }
    me->pumping_ = false;
    me->written_.wake_all();
    me->rest();
}

/// Buffers that a burst made large go; a channel at rest is small.
void channel::state::rest() noexcept {
    if (gathering_->empty()) gathering_->rest();
    if (writing_->empty()) writing_->clear(), writing_->rest();
}

/// Returns when all is written, at a fault, or at the deadline.
asio::awaitable<void> channel::state::wait_until_written(self me, time_point deadline) {
    me->flush_now();
    while (me->pending() > 0 && !me->write_fault_ && !me->dropped_) {
        if (me->pumping_) {
            if (!co_await me->written_.wait(me->executor_, deadline)) co_return;
        } else if (me->waits_for_answer() && !me->end_) {
            if (auto answer = me->cut_one()) // it may lie here already
                me->ready_.push_back(std::move(*answer));
            else if (!me->end_)
                co_await fill(me, deadline);
            me->flush_now();
        } else {
            co_return; // no answer will come
        }
    }
}

asio::awaitable<void> channel::state::until_written(self me, std::uint64_t bytes) {
    me->flush_now();
    while (me->statistics_.bytes_out < bytes && me->pumping_ && !me->dropped_)
        co_await me->written_.wait(me->executor_);
}

asio::awaitable<void> channel::state::flush(self me) {
    if (!me->executor_) me->executor_ = co_await asio::this_coro::executor;
    co_await wait_until_written(me, never);
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (me->write_fault_) throw *me->write_fault_;
    if (me->pending() > 0)
        throw failure(errc::peer_closed, {.input = me->name_, .reason = "it ended before it answered"});
}

/// In a coroutine of its own, so that a cancellation, which only means "no longer patient", ends with it.
asio::awaitable<std::vector<message>> channel::state::close(self me, std::chrono::milliseconds patience) {
    if (std::exchange(me->closed_, true)) co_return std::vector<message>();
    if (!me->executor_) me->executor_ = co_await asio::this_coro::executor;
    co_return co_await asio::co_spawn(me->executor_, closing(me, patience), asio::use_awaitable);
}

asio::awaitable<std::vector<message>> channel::state::closing(self me, std::chrono::milliseconds patience) {
    me->room_.wake_all(); // they learn that the channel is closed
    co_await asio::this_coro::throw_if_cancelled(false);
    try {
        co_await wait_until_written(me, deadline_after(patience));
    } catch (boost::system::system_error const&) { // cancelled, out of time, or reading failed: what is left goes back
    }
    co_await asio::this_coro::reset_cancellation_state();
    if (me->pumping_) me->stop_pump_->emit(asio::cancellation_type::terminal);
    while (me->pumping_ && !me->dropped_) co_await me->written_.wait(me->executor_);
    if (!me->dropped_) me->bytes_.close_write();
    std::vector<message> left;
    me->writing_->take_unwritten(left);
    me->gathering_->take_unwritten(left);
    std::move(me->queue_.begin(), me->queue_.end(), std::back_inserter(left));
    me->queue_.clear();
    me->queued_bytes_ = 0;
    co_return left;
}

} // namespace parlance
