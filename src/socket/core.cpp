#include "socket/core.hpp"

#include "channel/noise.hpp"
#include "socket/frame.hpp"
#include "stream/inbox.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parlance {
namespace {

/// Events that wait for `next`, before those who send them wait.
constexpr std::size_t most_events = 1024, most_event_bytes = 1 << 20;

struct {
    std::string_view name;
    happened what;
} constexpr event_names[] = {
    {"start", happened::start},           {"connect", happened::connect}, {"error", happened::error},
    {"disconnect", happened::disconnect}, {"destroy", happened::destroy}, {"socket.disconnected", happened::disconnect},
    {"close", happened::disconnect},
};

} // namespace

std::string_view name_of(happened what) noexcept {
    constexpr std::array names{"start", "connect", "message", "error", "disconnect", "destroy"};
    return names[static_cast<std::size_t>(what)];
}

std::string_view socket_event::type() const noexcept {
    if (!decoded_type_.empty()) return decoded_type_;
    return std::string_view(frame_).substr(type_.begin, type_.size);
}
std::string_view socket_event::text() const noexcept {
    return std::string_view(frame_).substr(data_.begin, data_.size);
}
json::value const& socket_event::json() const {
    if (value_) return *value_;
    if (raw_)
        value_ = std::make_unique<json::value>(text_of(text(), encoding_));
    else
        value_ =
            std::make_unique<json::value>(data_.size == 0 ? json::value() : parse_json(text(), "a message's data"));
    return *value_;
}

void socket_core::on(std::string_view name, socket_handler hear) {
    has_handlers_ = true;
    if (name == "*") return static_cast<void>(of_every_message_.push_back(std::move(hear)));
    if (name == "data" && settings->raw) return static_cast<void>(of_every_message_.push_back(std::move(hear)));
    for (auto const& each : event_names)
        if (each.name == name)
            return static_cast<void>(of_kind_[static_cast<std::size_t>(each.what)].push_back(std::move(hear)));
    auto at = of_type_.find(name);
    if (at == of_type_.end()) at = of_type_.emplace(std::string(name), handler_list()).first;
    at->second.push_back(std::move(hear));
}

void socket_core::heard_by(audience who) {
    if (who == audience::handlers && audience_ != audience::unknown) return;
    audience_ = who;
    if (who == audience::handlers) waiting_.clear(), waiting_bytes_ = 0;
    if (who == audience::messages)
        std::erase_if(waiting_, [](auto const& one) { return one.what != happened::message; });
    room_.wake_all();
}

void socket_core::fill(socket_event& into, message frame) const {
    into.value_.reset();
    into.decoded_type_.clear();
    into.encoding_ = settings->encoding;
    into.raw_ = settings->raw;
    into.frame_ = std::move(frame).text();
    into.type_ = into.data_ = {};
    if (settings->raw) {
        into.data_ = {0, into.frame_.size()};
        return;
    }
    auto const opened = open_frame(into.frame_);
    if (opened.state != frame_state::message) {
        static_cast<void>(parse_json(into.frame_, "a message of the peer's"));
        throw failure(errc::not_json, {.input = "a message of the peer's", .reason = "it is null"});
    }
    into.type_ = {opened.type.begin, opened.type.size};
    into.data_ = {opened.data.begin, opened.data.size};
    if (opened.type_is_escaped) into.decoded_type_ = wire::unescaped(opened.type.of(into.frame_));
    if (into.peer.link_) into.peer.link_->learn_name(into.text());
}

bool socket_core::wants(socket_event const& event) const noexcept {
    switch (audience_) {
    case audience::handlers: return false;
    case audience::messages: return event.what == happened::message;
    case audience::unknown:
    case audience::events: break;
    }
    return !over_;
}

void socket_core::enqueue(socket_event event) {
    waiting_bytes_ += event.frame_.size();
    waiting_.push_back(std::move(event));
    filled_.wake_one();
}

bool socket_core::tell_now(socket_event& event) {
    auto const own = of_type_.empty() || settings->raw ? of_type_.end() : of_type_.find(event.type());
    bool const has_own = own != of_type_.end();
    if (!has_own && of_every_message_.empty()) {
        if (!wants(event)) return true;
        if (waiting_.size() >= most_events || waiting_bytes_ >= most_event_bytes) return false;
        auto const whose = event.peer;
        enqueue(std::exchange(event, socket_event(happened::message, whose)));
        return true;
    }
    auto const is_plain = [](socket_handler const& one) { return static_cast<bool>(one.plain); };
    if ((has_own && !std::ranges::all_of(own->second, is_plain)) || !std::ranges::all_of(of_every_message_, is_plain))
        return false;
    std::exception_ptr thrown;
    auto const call_each = [&](handler_list& all) {
        for (auto& each : all) {
            try {
                each.plain(event);
            } catch (...) {
                if (!thrown) thrown = std::current_exception();
            }
        }
    };
    if (has_own) call_each(own->second);
    call_each(of_every_message_);
    if (thrown) std::rethrow_exception(thrown);
    return true;
}

asio::awaitable<void> socket_core::call(self me, handler_list& all, socket_event const& what) {
    for (auto& each : all) {
        std::exception_ptr thrown;
        try {
            if (each.plain)
                each.plain(what);
            else
                co_await each.coroutine(what);
        } catch (...) {
            thrown = std::current_exception();
        }
        if (!thrown || me->over_) continue;
        if (what.what == happened::error)
            me->print_fault(fault_of_handler(thrown)); // the one that hears of faults
        else
            co_await tell_fault(me, fault_of_handler(thrown), what.peer);
    }
}

asio::awaitable<void> socket_core::tell(self me, socket_event event) {
    bool heard = false;
    if (event.what != happened::message) {
        auto& all = me->of_kind_[static_cast<std::size_t>(event.what)];
        heard = !all.empty();
        co_await call(me, all, event);
    } else {
        if (auto const own = me->of_type_.find(event.type()); own != me->of_type_.end() && !me->settings->raw) {
            heard = true;
            co_await call(me, own->second, event);
        }
        heard = heard || !me->of_every_message_.empty();
        co_await call(me, me->of_every_message_, event);
    }
    if (heard || !me->wants(event)) co_return;
    while (me->waiting_.size() >= most_events || me->waiting_bytes_ >= most_event_bytes) {
        bool const asked_for = me->audience_ != audience::unknown;
        if (!asked_for && (me->has_handlers_ || event.what != happened::message)) co_return;
        co_await me->room_.wait(me->executor_);
        if (!me->wants(event)) co_return;
    }
    me->enqueue(std::move(event));
}

asio::awaitable<void> socket_core::tell_fault(self me, failure fault, socket_peer whose) {
    bool const nobody = me->of_kind_[static_cast<std::size_t>(happened::error)].empty();
    if (nobody && me->audience_ == audience::handlers && fault.code() == errc::handler_failed) me->print_fault(fault);
    socket_event event(happened::error, std::move(whose));
    event.fault = std::make_shared<failure const>(std::move(fault));
    co_await tell(me, std::move(event));
}

void socket_core::print_fault(failure const& fault) { print_noise("a socket", fault.what(), false); }

asio::awaitable<std::optional<socket_event>> socket_core::next_event(self me) {
    for (;;) {
        if (!me->waiting_.empty()) {
            auto first = std::move(me->waiting_.front());
            me->waiting_.pop_front();
            me->waiting_bytes_ -= first.frame_.size();
            if (me->waiting_.size() < most_events / 2 && me->waiting_bytes_ < most_event_bytes) me->room_.wake_all();
            co_return first;
        }
        if (me->over_) co_return std::nullopt;
        co_await me->filled_.wait(me->executor_);
    }
}

void socket_core::end_events() {
    over_ = true;
    for (auto* each : {&filled_, &room_}) each->wake_all();
}

failure fault_of_handler(std::exception_ptr const& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (std::exception const& fault) {
        return failure(errc::handler_failed, {.input = "a handler", .reason = fault.what()});
    } catch (...) {
        return failure(errc::handler_failed, {.input = "a handler"});
    }
}

} // namespace parlance
