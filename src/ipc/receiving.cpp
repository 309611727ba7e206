// The way into Node's channel. See ipc_core.hpp for the path that a message takes.
#include "ipc/handle_facts.hpp"
#include "ipc/ipc_core.hpp"
#include "js/v8_scan.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

namespace parlance {
namespace {

using namespace std::chrono_literals;

/// `receive_some` hands out no more at once: what it allocates stays in the processor's cache.
constexpr std::size_t most_at_once = 512;
/// How often to look whether the last connection of a server is closed; sockets tell nobody.
constexpr auto look_at_sockets = 25ms;
/// Where there are so many that looking takes long: a hundredth of the time.
constexpr int pause_for_each_look = 100;
/// Read ahead and kept for `receive`: each is a descriptor of ours.
constexpr int handles_ahead = 16;
constexpr std::size_t bytes_of_a_fault = 1024;
/// About one server, and unanswered. Node asks once.
constexpr int most_questions = 64;
/// Of our own that wait for answers; more wait for these.
constexpr std::size_t most_asked = 256;

} // namespace

/// Somebody receives. When nobody does any more, `serve` may have to.
class ipc_core::receiver {
public:
    explicit receiver(ipc_core& me) : me_(me) { ++me_.receiving_; }
    receiver(receiver const&) = delete;
    receiver& operator=(receiver const&) = delete;
    ~receiver() { leave(false); }
    /// Not called where the event loop takes the coroutine with it: there is nothing more to start then.
    void leave(bool others_may_have_to_read = true) {
        if (std::exchange(left_, true)) return;
        if (--me_.receiving_ == 0 && others_may_have_to_read) me_.keep_reading();
    }

private:
    ipc_core& me_;
    bool left_ = false;
};

asio::awaitable<std::optional<ipc_message>> ipc_core::receive(self me) {
    receiver now(*me);
    try {
        for (;;) {
            auto got = me->take();
            if (got || me->talk_->end_) {
                now.leave();
                co_return got;
            }
            co_await fill(me);
        }
    } catch (...) {
        now.leave();
        throw;
    }
}

asio::awaitable<std::vector<ipc_message>> ipc_core::receive_some(self me) {
    receiver now(*me);
    std::vector<ipc_message> all;
    try {
        for (;;) {
            me->take_some(all);
            if (!all.empty() || me->talk_->end_) {
                now.leave();
                co_return all;
            }
            co_await fill(me);
        }
    } catch (...) {
        now.leave();
        throw;
    }
}

/// What is here. A fault behind messages is told by the next call.
void ipc_core::take_some(std::vector<ipc_message>& into) {
    try {
        while (into.size() < most_at_once) {
            auto got = take();
            if (!got) return;
            into.push_back(std::move(*got));
        }
    } catch (...) {
        if (into.empty()) throw;
        ready_.push_front({{}, std::current_exception(), 0});
    }
}

/// The next message that is here. Throws what `receive` throws.
std::optional<ipc_message> ipc_core::take() {
    if (ready_.empty()) return next_of_the_users();
    auto first = std::move(ready_.front());
    ready_.pop_front();
    ready_bytes_ -= first.bytes;
    ready_handles_ -= first.m.has_handle();
    if (first.fault) std::rethrow_exception(first.fault);
    return std::move(first.m);
}

/// Cuts messages, and sees to Node's own, until one is the user's.
std::optional<ipc_message> ipc_core::next_of_the_users() {
    try {
        while (auto next = cut()) {
            frame_bytes_ = next->text().size();
            if (auto m = judge(std::move(*next))) return m;
        }
    } catch (...) {
        if (talk_->end_) peer_ended();
        throw;
    }
    if (talk_->end_) peer_ended();
    return std::nullopt;
}

std::optional<message> ipc_core::cut() {
    try {
        return talk_->take();
    } catch (failure const&) {
        refuse(begins_envelope(how, talk_->refused()));
        throw;
    }
}

/// A message that came cannot be read. Its descriptor is closed; and where it was to carry one, the peer, which sends
/// nothing more until then, gets its answer.
void ipc_core::refuse(bool envelope) {
    auto const came = talk_->bytes_.take_descriptor(talk_->frame_begin());
    if (envelope) answer(command(came ? node::ack : node::nack));
}

std::optional<ipc_message> ipc_core::judge(message came) {
    if (how == serialization::advanced) {
        auto const scanned = js::v8_scan(came.text());
        if (!scanned.fault.empty()) {
            refuse(scanned.command == node::handle);
            throw failure(errc::bad_frame, {.input = talk_->name_,
                                            .offset_bytes = scanned.at,
                                            .reason = "a message that is no value: " + std::string(scanned.fault),
                                            .mend = "both ends must have the same `serialization`"});
        }
        ipc_message m(how, std::move(came).text());
        if (!scanned.command.empty()) return see_to(value_of(m));
        return m;
    }
    bool const perhaps = may_be_internal(came.text());
    ipc_message m(how, std::move(came).text());
    if (!perhaps) return m;
    auto whole = value_of(m);
    if (!is_internal(whole)) return m;
    auto carried = see_to(std::move(whole));
    auto const text = carried ? payload_of(m.raw_) : std::string_view();
    if (text.empty()) return carried;
    ipc_message of_the_users(how, std::string(text)); // as it stood there, like any other
    of_the_users.handle_ = std::move(carried->handle_);
    return of_the_users;
}

/// Of a message that may be an envelope.
js::value ipc_core::value_of(ipc_message const& m) {
    try {
        return m.value();
    } catch (...) { // a name twice, which only this finds
        refuse(begins_envelope(how, m.raw_));
        throw;
    }
}

/// A message of Node's own. It may carry one of the user's.
std::optional<ipc_message> ipc_core::see_to(js::value whole) {
    auto const cmd = text_member(whole, "cmd");
    if (cmd == node::handle) return unpack(std::move(whole));
    if (cmd == node::ack) {
        if (on_its_way_) handle_is_over(std::nullopt);
    } else if (cmd == node::nack) {
        if (on_its_way_) attempt();
    } else if (cmd == node::get_count || cmd == node::notify_close) {
        tell_count(whole);
    } else if (cmd == node::count || cmd == node::all_closed) {
        answered(cmd, whole);
    } else {
        tell_internal(whole, {});
    }
    return std::nullopt;
}

void ipc_core::tell_internal(js::value const& m, ipc_handle handle) {
    auto const hear = on_internal; // which may be another when it returns
    if (hear) hear(m, std::move(handle));
}

std::optional<ipc_message> ipc_core::unpack(js::value whole) {
    auto descriptor = talk_->bytes_.take_descriptor(talk_->frame_begin());
    answer(command(descriptor ? node::ack : node::nack)); // exactly one, for Node dies of any other
    if (!descriptor) return std::nullopt;                 // it comes again
    auto opened = open_envelope(std::move(whole));
    if (!opened.key.empty()) held_.add(opened.key, descriptor.get());
    auto handle = ipc_handle::received(kind_of_type(opened.type), std::move(descriptor));
    handle.key = std::move(opened.key);
    if (is_internal(opened.payload)) {
        tell_internal(opened.payload, std::move(handle));
        return std::nullopt;
    }
    ipc_message m(std::move(opened.payload));
    m.handle_ = std::make_unique<ipc_handle>(std::move(handle));
    return m;
}

/// A server in the other process asks for its connections that live here.
void ipc_core::tell_count(js::value const& whole) {
    auto const key = text_member(whole, "key");
    if (!held_.knows(key)) return;
    auto const open = held_.count(key);
    if (text_member(whole, "cmd") == node::get_count) {
        auto told = command(node::count, key);
        told.as<js::object>()["count"] = static_cast<double>(open);
        answer(told);
    } else if (open == 0) {
        answer(command(node::all_closed, key));
    } else if (auto& times = to_tell_[key]; times < most_questions) {
        bool const watched = to_tell_.size() > 1 || times > 0;
        ++times;
        if (!watched) asio::co_spawn(executor_, tell_when_closed(shared_from_this()), asio::detached);
    }
}

asio::awaitable<void> ipc_core::tell_when_closed(self me) {
    asio::steady_timer pause(me->executor_);
    for (std::chrono::steady_clock::duration wait = look_at_sockets; !me->to_tell_.empty();) {
        pause.expires_after(wait);
        co_await pause.async_wait(asio::use_awaitable);
        if (me->dropped_ || me->talk_->end_) co_return;
        auto const begin = std::chrono::steady_clock::now();
        me->held_.look();
        wait = std::max<std::chrono::steady_clock::duration>(
            look_at_sockets, pause_for_each_look * (std::chrono::steady_clock::now() - begin));
        std::erase_if(me->to_tell_, [&](auto const& each) {
            auto const& [key, times] = each;
            if (me->held_.known_open(key) > 0) return false;
            for (int i = 0; i < times; ++i) me->answer(command(node::all_closed, key));
            return true;
        });
    }
}

asio::awaitable<std::size_t> ipc_core::ask(self me, std::string_view question_cmd, std::string key) {
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    me->check_can_send(true);
    while (me->questions_.size() >= most_asked && !me->talk_->end_ && !me->dropped_)
        co_await me->may_ask_.wait(me->executor_);
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    me->check_can_send(true);
    auto const mine = me->questions_.insert(
        me->questions_.end(), question{question_cmd == node::get_count ? node::count : node::all_closed, key});
    struct leaves {
        ipc_core& me;
        std::list<question>::iterator mine;
        ~leaves() {
            me.questions_.erase(mine);
            me.may_ask_.wake_all();
        }
    } const at_the_end{*me, mine};
    me->say(command(question_cmd, key));
    me->keep_reading();
    while (!mine->count && !me->talk_->end_ && !me->dropped_) co_await mine->over.wait(me->executor_);
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (!mine->count)
        throw failure(errc::peer_closed, {.input = me->talk_->name_, .reason = "it ended before it answered"});
    co_return *mine->count;
}

void ipc_core::answered(std::string_view cmd, js::value const& whole) {
    auto const key = text_member(whole, "key");
    auto const* const found = whole.find("count");
    auto const* const count = found ? found->get_if<double>() : nullptr;
    for (auto& each : questions_) {
        if (each.count || each.answer != cmd || each.key != key) continue;
        each.count = count && *count >= 0 && *count < 1e9 ? static_cast<std::size_t>(*count) : 0;
        each.over.wake_all();
        return;
    }
}

asio::awaitable<void> ipc_core::fill(self me) {
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    me->talk_->bytes_.close_descriptors(me->talk_->cut_bytes()); // which no message announced
    if (!me->answers_end_at_.empty()) co_await until_answers_are_read(me);
    try {
        co_await channel::state::fill(me->talk_);
    } catch (boost::system::system_error const& fault) {
        me->was_reset_ = fault.code() == boost::system::errc::connection_reset;
        if (me->talk_->end_) me->peer_ended();
        if (!me->was_reset_) throw; // else it closed with something of ours unread: `peer_left_unread` tells it
    }
}

/// Nothing more comes. Called again and again.
void ipc_core::peer_ended() {
    if (std::exchange(told_end_, true)) return;
    end_all_passing(
        failure(errc::handle_lost, {.input = talk_->name_, .reason = "it ended before it said that it has it"}),
        failure(errc::peer_closed, {.input = talk_->name_}));
    for (auto& each : questions_) each.over.wake_all();
    for (auto* each : {&ended_, &may_ask_}) each->wake_all();
    if (executor_ && !closing_ && !options_.allow_half_open)
        asio::co_spawn(executor_, end_our_side(shared_from_this()), asio::detached);
}

/// Node has no half-closed channels: the end of one side is the end of the other.
asio::awaitable<void> ipc_core::end_our_side(self me) {
    static_cast<void>(co_await as_result(channel::state::flush(me->talk_)));
    if (!me->closing_) me->talk_->bytes_.close_write();
}

std::optional<boost::system::error_code> ipc_core::end() const noexcept {
    auto const& why = talk_->end_;
    return why && was_reset_ ? boost::system::error_code() : why;
}

/// Must somebody read although nobody receives?
bool ipc_core::needs_service() const noexcept {
    return on_its_way_ != nullptr || !later_.empty() || !questions_.empty() || !held_.empty() || reads_to_the_end_;
}

void ipc_core::keep_reading() {
    if (serving_ || receiving_ > 0 || !executor_ || dropped_ || talk_->end_ || !needs_service()) return;
    if (has_read_enough()) return; // who takes calls again
    serving_ = true;
    asio::co_spawn(executor_, serve(shared_from_this()), asio::detached);
}

asio::awaitable<void> ipc_core::serve(self me) {
    try {
        while (!me->dropped_ && me->needs_service() && !me->has_read_enough()) {
            me->serve_once();
            if (me->talk_->end_ || me->dropped_ || !me->needs_service() || me->has_read_enough()) break;
            if (!me->ready_.empty() && me->receiving_ > 0)
                break; // they have what they waited for, and go on themselves
            co_await fill(me);
        }
    } catch (boost::system::system_error const&) { // an error of the system: the talk is over, and `receive` tells
        if (me->talk_->end_ && !me->dropped_) me->ready_.push_back({{}, std::current_exception(), 0});
    }
    me->serving_ = false;
    if (me->talk_->end_) me->peer_ended();
    me->keep_reading();
}

void ipc_core::keep(ipc_message m, std::exception_ptr fault, std::size_t bytes) {
    ready_bytes_ += bytes;
    ready_handles_ += m.has_handle();
    ready_.push_back({std::move(m), std::move(fault), bytes});
}

bool ipc_core::has_read_enough() const noexcept {
    return ready_bytes_ >= options_.read_ahead_bytes || ready_handles_ >= handles_ahead;
}

/// Takes what was read, as far as it may be kept.
void ipc_core::serve_once() {
    for (;;) {
        try {
            auto m = next_of_the_users();
            if (!m) return;
            if (drops_) continue; // with its handle, which is acknowledged and closed
            keep(std::move(*m), nullptr, frame_bytes_ + sizeof *m);
        } catch (...) { // also what `on_internal` throws
            if (!drops_) keep({}, std::current_exception(), bytes_of_a_fault);
        }
        if (has_read_enough()) return;
    }
}

asio::awaitable<void> ipc_core::read_to_the_end(self me) {
    if (!me->executor_) me->bind_to(co_await asio::this_coro::executor);
    me->reads_to_the_end_ = true;
    me->keep_reading(); // now, and when nobody receives any more, or takes what is ready
    while (!me->told_end_ && !me->dropped_) co_await me->ended_.wait(me->executor_);
}

void ipc_core::drop() noexcept {
    dropped_ = closing_ = true;
    talk_->drop();
    ready_.clear();
    auto const end = [](passing& what) {
        what.done = true;
        what.over.wake_all();
    };
    if (on_its_way_) end(*on_its_way_);
    for (auto& each : later_)
        if (each.with) end(*each.with);
    for (auto& each : questions_) each.over.wake_all();
    for (auto* each : {&room_, &settled_, &ended_, &may_ask_}) each->wake_all();
}

} // namespace parlance
