// The way out of Node's channel. See ipc_core.hpp for the path that a message takes.
#include "base/deadline.hpp"
#include "ipc/handle_facts.hpp"
#include "ipc/ipc_core.hpp"
#include "js/v8_encode.hpp"
#include "js/v8_scan.hpp"
#include "wire/check_json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/json/serialize.hpp>

namespace parlance {
namespace {

/// Node sends a socket once and three times more.
constexpr int most_attempts = 4;
/// That wait to be written.
constexpr std::size_t most_answers = 4096;

std::string_view datagram_type_of(ipc_handle const& handle) {
    if (handle.what() != ipc_handle::kind::datagram) return {};
    return facts_of(handle.native()).family == AF_INET6 ? "udp6" : "udp4";
}

[[noreturn]] void throw_not_json(std::string const& name, std::string reason) {
    throw failure(errc::not_json, {.input = "a message to " + name, .reason = std::move(reason)});
}

} // namespace

/// The message as it goes out, without what the framing puts around it.
std::string ipc_core::encoded(ipc_message&& m) const {
    using form = ipc_message::form;
    if (how == serialization::advanced) {
        auto const& v = m.value(); // also of what came from another peer: a name twice kills Node
        if (m.form_ == form::v8 && !js::holds_what_is_looked_into(v)) return in_whole_words(std::move(m.raw_));
        return in_whole_words(js::v8_encode(v));
    }
    if (m.form_ == form::json_text) {
        if (!wire::is_json(m.raw_)) parse_json(m.raw_, "a message to " + talk_->name_); // throws, and says where
        return std::move(m.raw_);
    }
    if (m.json_ && !m.value_) {
        auto text = json::serialize(*m.json_);
        if (wire::is_json(text)) return text; // else it has a NaN: below it becomes null, as in JSON.stringify
    }
    if (auto text = js::to_json(m.value())) return std::move(*text);
    throw_not_json(talk_->name_, "undefined is no JSON");
}

void ipc_core::refuse_internal() const {
    throw failure(errc::invalid_argument,
                  {.input = "a message to " + talk_->name_,
                   .reason = "its `cmd` begins with NODE_, which Node takes for a message of its own",
                   .mend = "choose another name, or use send_internal"});
}

/// Would Node take it for a message of its own?
bool ipc_core::is_nodes_own(ipc_message const& m) const {
    using form = ipc_message::form;
    if (m.form_ == form::v8) return !js::v8_scan(m.raw_).command.empty();
    if (m.form_ == form::json_text) return may_be_internal(m.raw_) && wire::is_json(m.raw_) && is_internal(m.value());
    if (m.value_ || !m.json_) return is_internal(m.value());
    return is_internal(*m.json_);
}

/// Encoded, and looked through for what would harm a Node at the other end.
std::string ipc_core::prepared(ipc_message&& m, bool internal) const {
    if (!internal && is_nodes_own(m)) refuse_internal();
    return encoded(std::move(m));
}

std::string ipc_core::frame_of(ipc_message& m, ipc_handle const& handle) const {
    auto const datagram = datagram_type_of(handle);
    if (how == serialization::advanced) return encoded(make_envelope(handle, datagram, m.value()));
    m = ipc_message(how, encoded(std::move(m))); // as text, which is what may come back
    return make_json_envelope(handle, datagram, m.raw_);
}

void ipc_core::check_can_send(bool handle) const {
    talk_->check_open();
    if (closing_) throw failure(errc::channel_closed, {.input = talk_->name_});
    if (talk_->end_ && (handle || !options_.allow_half_open))
        throw failure(errc::peer_closed, {.input = talk_->name_, .reason = "it has disconnected"});
}

void ipc_core::say(js::value const& what) {
    if (talk_->write_fault_ || dropped_) return;
    push(encoded(ipc_message(what)));
}

void ipc_core::answer(js::value const& what) {
    say(what);
    answers_end_at_.push_back(talk_->statistics_.bytes_out + talk_->pending());
}

/// A peer that asks and asks and reads no answer is not read either, until it takes the first of those that wait. It
/// cannot be one of ours, of which each has few questions under way: two that both read no more would stand still.
asio::awaitable<void> ipc_core::until_answers_are_read(self me) {
    auto& ends = me->answers_end_at_;
    auto const is_written = [&] { return ends.front() <= me->talk_->statistics_.bytes_out; };
    while (!ends.empty() && is_written()) ends.pop_front();
    if (ends.size() < most_answers) co_return;
    co_await channel::state::until_written(me->talk_, ends.front());
}

asio::awaitable<void> ipc_core::send(self me, ipc_message m, bool internal) {
    if (m.has_handle()) { // one that came with it, and goes on
        auto handle = m.take_handle();
        co_await send(std::move(me), std::move(m), std::move(handle), internal);
        co_return;
    }
    message framed(me->prepared(std::move(m), internal));
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    me->check_can_send();
    me->talk_->refuse(framed);
    if (!me->is_blocked() && me->talk_->must_wait()) co_await channel::state::wait_for_room(me->talk_);
    if (me->is_blocked()) {
        co_await wait_behind(me, nullptr, std::move(framed).text());
        co_return;
    }
    me->talk_->accept(std::move(framed));
}

bool ipc_core::try_send(ipc_message& m) {
    if (!executor_ || is_blocked() || m.handle_) return false;
    check_can_send();
    message framed(prepared(std::move(m), false)); // a value stays in `m`; what was text goes back into it:
    struct gives_back {
        ipc_message& m;
        message& text;
        ~gives_back() {
            if (m.form_ != ipc_message::form::value && m.raw_.empty()) m.raw_ = std::move(text).text();
        }
    } const unless_it_went{m, framed};
    if (!talk_->try_send(framed)) return false;
    m = ipc_message();
    return true;
}

asio::awaitable<void> ipc_core::send(self me, ipc_message m, ipc_handle handle, bool internal) {
    if (!handle) {
        co_await send(me, std::move(m), internal);
        co_return;
    }
    if (!internal && me->is_nodes_own(m)) me->refuse_internal();
    check_handle(handle); // it may be one that came from who knows where
    auto frame = me->frame_of(m, handle);
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    me->check_can_send(true);
    me->talk_->refuse(message(frame));
    auto const with = std::make_shared<passing>();
    with->original = std::move(m);
    with->handle = std::move(handle);
    if (!me->is_blocked() && me->talk_->must_wait()) co_await channel::state::wait_for_room(me->talk_);
    if (me->is_blocked()) {
        co_await wait_behind(me, with, std::move(frame));
    } else {
        with->frame = std::move(frame);
        me->pass(with);
    }
    co_await until_over(me, with);
}

/// Returns when the message is accepted into the queue behind a handle.
asio::awaitable<void> ipc_core::wait_behind(self me, std::shared_ptr<passing> with, std::string frame) {
    while (me->later_bytes_ >= me->options_.write_buffer_bytes && me->is_blocked()) {
        co_await me->room_.wait(me->executor_);
        me->check_can_send();
    }
    me->later_bytes_ += frame.size();
    me->later_.push_back({std::move(frame), std::move(with)});
    me->keep_reading();
    if (!me->on_its_way_) me->go_on();
}

asio::awaitable<void> ipc_core::until_over(self me, std::shared_ptr<passing> with) {
    try {
        while (!with->done) co_await with->over.wait(me->executor_);
    } catch (boost::system::system_error const&) { // cancelled: what had no turn is not sent
        me->forget(with);
        throw;
    }
    if (with->fault) throw *with->fault;
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
}

void ipc_core::forget(std::shared_ptr<passing> const& what) noexcept {
    std::erase_if(later_, [&](outgoing const& each) {
        if (each.with != what) return false;
        later_bytes_ -= each.frame.size();
        return true;
    });
}

/// Its turn has come.
void ipc_core::pass(std::shared_ptr<passing> what) {
    on_its_way_ = std::move(what);
    attempt();
    keep_reading();
}

void ipc_core::attempt() {
    auto& it = *on_its_way_;
    if (it.attempts == most_attempts)
        return handle_is_over(failure(errc::handle_lost, {.input = talk_->name_,
                                                          .reason = "it could not receive the socket, four times",
                                                          .mend = "it may have too many open files"}));
    ++it.attempts;
    message framed(it.frame);
    try {
        framed.handle() = ipc_handle::copy_of(it.handle.native());
    } catch (failure const& fault) {
        return handle_is_over(fault);
    }
    talk_->accept(std::move(framed));
}

/// It has arrived, or never will.
void ipc_core::handle_is_over(std::optional<failure> fault) {
    auto const it = std::exchange(on_its_way_, nullptr);
    it->done = true;
    it->fault = std::move(fault);
    it->handle = {};
    it->over.wake_all();
    go_on();
}

void ipc_core::end_passing(passing& what, failure const& fault) {
    what.done = true;
    what.fault = fault;
    what.over.wake_all();
}

/// Nobody will say any more that a handle has arrived. What waited stays, for `disconnect` to give back.
void ipc_core::end_all_passing(failure const& fault_on_its_way, failure const& fault_of_the_others) {
    if (auto const it = std::exchange(on_its_way_, nullptr)) end_passing(*it, fault_on_its_way);
    for (auto& each : later_)
        if (each.with) end_passing(*each.with, fault_of_the_others);
    for (auto* each : {&room_, &settled_}) each->wake_all();
}

void ipc_core::writing_failed() {
    auto const fault = *talk_->write_fault_;
    auto const peer_left = fault.code() == errc::peer_closed;
    end_all_passing(peer_left ? failure(errc::handle_lost, {.input = talk_->name_, .reason = "it has closed"}) : fault,
                    fault);
}

/// What waited behind a handle goes out, up to the next one.
void ipc_core::go_on() {
    while (!on_its_way_ && !later_.empty()) {
        auto next = std::move(later_.front());
        later_.pop_front();
        later_bytes_ -= next.frame.size();
        if (next.with) {
            next.with->frame = std::move(next.frame);
            pass(std::move(next.with));
        } else {
            push(std::move(next.frame));
        }
    }
    if (later_bytes_ < options_.write_buffer_bytes) room_.wake_all();
    settled_.wake_all();
}

/// False where the deadline came first.
asio::awaitable<bool> ipc_core::until_nothing_waits(self me, time_point deadline) {
    bool in_time = true;
    while (in_time && me->is_blocked() && !me->dropped_ && !me->talk_->end_ && !me->talk_->write_fault_) {
        me->keep_reading();
        in_time = co_await me->settled_.wait(me->executor_, deadline);
    }
    co_return in_time;
}

asio::awaitable<void> ipc_core::flush(self me) {
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    co_await until_nothing_waits(me, channel::state::never);
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (me->talk_->write_fault_) throw *me->talk_->write_fault_;
    if (me->is_blocked())
        throw failure(errc::peer_closed, {.input = me->talk_->name_, .reason = "it ended before it took all"});
    co_await channel::state::flush(me->talk_);
}

/// In a coroutine of its own, so that a cancellation, which only means "no longer patient", ends with it.
asio::awaitable<std::vector<ipc_message>> ipc_core::disconnect(self me, std::chrono::milliseconds patience) {
    if (std::exchange(me->closing_, true)) co_return std::vector<ipc_message>();
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    co_return co_await asio::co_spawn(me->executor_, ending(me, patience), asio::use_awaitable);
}

asio::awaitable<std::vector<ipc_message>> ipc_core::ending(self me, std::chrono::milliseconds patience) {
    auto const deadline = deadline_after(patience);
    me->room_.wake_all(); // they learn that the channel is closed
    co_await asio::this_coro::throw_if_cancelled(false);
    bool patient = true;
    try {
        patient = co_await until_nothing_waits(me, deadline);
    } catch (boost::system::system_error const&) { // cancelled: what is left goes back
        patient = false;
    }
    auto const rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    bool const forever = patience == std::chrono::milliseconds::max();
    auto unwritten = co_await channel::state::close(me->talk_, !patient  ? std::chrono::milliseconds(0)
                                                               : forever ? patience
                                                                         : rest);
    std::vector<ipc_message> left;
    me->take_left(std::move(unwritten), left);
    co_return left;
}

/// What the peer did not take, in the order in which it was sent; messages of the channel's own are nobody's loss.
void ipc_core::take_left(std::vector<message> unwritten, std::vector<ipc_message>& into) {
    for (auto& each : unwritten) {
        auto const internal =
            how == serialization::advanced
                ? !js::v8_scan(each.text()).command.empty()
                : may_be_internal(each.text()) && is_internal(ipc_message(how, std::string(each.text())).value());
        if (!internal) into.push_back(ipc_message(how, std::move(each).text()));
    }
    auto const give_back = [&](passing& what) {
        auto& back = into.emplace_back(std::move(what.original));
        back.handle_ = std::make_unique<ipc_handle>(std::move(what.handle));
    };
    if (on_its_way_) {
        give_back(*on_its_way_);
        auto const it = std::exchange(on_its_way_, nullptr);
        it->done = true;
        it->fault =
            failure(errc::handle_lost, {.input = talk_->name_, .reason = "the channel was closed before it came"});
        it->over.wake_all();
    }
    for (auto& each : later_) {
        if (!each.with) {
            into.push_back(ipc_message(how, std::move(each.frame)));
            continue;
        }
        give_back(*each.with);
        each.with->done = true;
        each.with->fault = failure(errc::channel_closed, {.input = talk_->name_});
        each.with->over.wake_all();
    }
    later_.clear();
    later_bytes_ = 0;
    settled_.wake_all();
}

} // namespace parlance
