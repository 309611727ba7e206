// Our calls: see rpc_core.hpp.
#include "base/deadline.hpp"
#include "rpc/error_object.hpp"
#include "rpc/rpc_core.hpp"
#include "wire/check_json.hpp"
#include "wire/json_member.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace parlance {
namespace {

using steady = std::chrono::steady_clock;

/// Parameters on one line. Throws failure: errc::not_json, with the place, errc::invalid_argument.
std::string checked_params(std::string params) {
    if (params.empty()) return params;
    if (!wire::is_json(params)) static_cast<void>(parse_json(params, "params")); // throws
    if (!is_structured(params))
        throw failure(errc::invalid_argument, {.input = "params",
                                               .reason = "neither an object nor an array",
                                               .mend = "JSON-RPC has parameters by name or by position"});
    return without_line_breaks(std::move(params));
}

std::string requests_text(std::vector<rpc_core::item> const& items, call_ledger::group first, bool as_batch) {
    std::string all;
    for (auto const& each : items) {
        all += all.empty() ? "" : ",";
        all += request_text(each.is_call ? first++ : 0, each.method, each.params);
    }
    return as_batch ? "[" + all + "]" : all;
}

/// Whatever comes of it; where it does not read, a peer could hold it up for ever.
asio::awaitable<void> at_most(std::chrono::milliseconds patience, asio::awaitable<void> work) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor, deadline_after(patience));
    static_cast<void>(co_await (as_result(std::move(work)) || timer.async_wait(asio::use_awaitable)));
}

} // namespace

/// The place of one group of calls in the ledger, and the timer that its coroutine sleeps on. Leaves both with it.
class rpc_core::sleeper {
public:
    sleeper(rpc_core& core, std::size_t calls, time_point deadline)
        : core_(core), deadline_(deadline), timer_(core.executor_), group_(core.ledger_.open(calls, deadline)) {
        core_.sleepers_.emplace(group_, &timer_);
        core_.room_.wake_all(); // now that we wait for an answer, the reader must go on
    }
    sleeper(sleeper const&) = delete;
    sleeper& operator=(sleeper const&) = delete;
    ~sleeper() {
        if (!taken_) static_cast<void>(core_.ledger_.take(group_));
        core_.sleepers_.erase(group_);
        core_.turn_.wake_one();
    }

    call_ledger::group group() const noexcept { return group_; }
    bool is_over() const { return core_.dropped_ || core_.ledger_.is_over(group_, steady::now()); }
    std::vector<call_outcome> take(std::vector<std::uint64_t>& unanswered) {
        taken_ = true;
        return core_.ledger_.take(group_, &unanswered);
    }

    /// Sends, as long as there is time. False where there was none: nothing was sent.
    asio::awaitable<bool> send(std::string text) {
        using namespace asio::experimental::awaitable_operators;
        if (core_.way_->try_send(text)) co_return true;
        if (deadline_ == time_point::max()) {
            co_await core_.way_->send(std::move(text));
            co_return true;
        }
        timer_.expires_at(deadline_);
        auto first = co_await (as_result(core_.way_->send(std::move(text))) || timer_.async_wait(asio::use_awaitable));
        if (first.index() == 1) co_return false;
        std::get<0>(first).value();
        co_return true;
    }
    /// Until the group is over. False when this was cancelled before.
    asio::awaitable<bool> sleep() {
        while (!is_over()) {
            timer_.expires_at(deadline_);
            auto const [fault] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
            auto const cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
            if (fault && cancelled != asio::cancellation_type::none && !is_over()) co_return false;
        }
        co_return true;
    }

private:
    rpc_core& core_;
    time_point deadline_;
    asio::steady_timer timer_;
    call_ledger::group group_;
    bool taken_ = false;
};

void rpc_core::check_open() const {
    if (dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (closed_) throw failure(errc::channel_closed, {.input = name_});
}

asio::awaitable<void> rpc_core::wait_for_turn(self me, time_point deadline) {
    while (!me->input_over_ && me->ledger_.groups() >= std::max<std::size_t>(me->options_.calls_in_flight, 1)) {
        bool const woken = co_await me->turn_.wait(me->executor_, deadline);
        me->check_open();
        if (!woken)
            throw failure(errc::timed_out, {.input = me->name_,
                                            .reason = "no call could be sent in time: as many as may be wait for their "
                                                      "answers"});
    }
}

asio::awaitable<std::vector<call_outcome>> rpc_core::ask(self me, std::vector<item> items, std::size_t calls,
                                                         bool as_batch, std::chrono::milliseconds timeout) {
    me->check_open();
    for (auto& each : items) each.params = checked_params(std::move(each.params));
    me->start(co_await asio::this_coro::executor);
    auto const deadline = timeout.count() > 0 ? deadline_after(timeout) : time_point::max();
    co_await wait_for_turn(me, deadline);
    std::vector<std::uint64_t> unanswered;
    if (me->input_over_) { // nobody could answer
        std::vector<call_outcome> none(calls);
        co_return none;
    }
    sleeper mine(*me, calls, deadline);
    if (items.size() == 1 && items.front().method == "initialize") me->initializing_ = mine.group();
    bool const sent = co_await mine.send(requests_text(items, mine.group(), as_batch));
    bool over = true;
    if (sent) {
        me->counted_.calls += calls;
        me->counted_.notifications += items.size() - calls;
        over = co_await mine.sleep();
    }
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    auto outcomes = mine.take(unanswered);
    if (sent) me->tell_cancelled(unanswered, over ? "timed out" : "cancelled");
    if (!over) throw boost::system::system_error(asio::error::operation_aborted);
    co_return outcomes;
}

/// In the words of the protocol, that nobody waits any more. MCP has that its `initialize` is not cancelled.
void rpc_core::tell_cancelled(std::vector<std::uint64_t> const& calls, std::string_view why) {
    for (auto const number : calls) {
        auto const id = std::to_string(number);
        if (options_.protocol == rpc_protocol::lsp)
            post(request_text(0, "$/cancelRequest", R"({"id":)" + id + "}"));
        else if (options_.protocol == rpc_protocol::mcp && number != initializing_)
            post(request_text(0, "notifications/cancelled",
                              R"({"requestId":)" + id + R"(,"reason":")" + std::string(why) + R"("})"));
    }
}

failure rpc_core::failure_of(call_outcome const& outcome, std::string const& method) const {
    auto const input = name_ + ": " + method;
    switch (outcome.what) {
    case call_outcome::kind::error: return failure_of_error_object(outcome.text, input);
    case call_outcome::kind::bad_reply: return failure(errc::bad_reply, {.input = input, .reason = outcome.text});
    case call_outcome::kind::timed_out:
        return failure(errc::timed_out, {.input = input, .reason = "no answer came in time"});
    case call_outcome::kind::peer_gone:
    case call_outcome::kind::result: break;
    }
    failure_details details{.input = input, .reason = "ended before it answered"};
    if (fault_) details.reason += std::string(": ") + fault_->message();
    return failure(errc::peer_closed, std::move(details));
}

asio::awaitable<message> rpc_core::call(self me, item what, std::chrono::milliseconds timeout) {
    auto const method = what.method;
    std::vector<item> one;
    one.push_back(std::move(what));
    auto outcomes = co_await ask(me, std::move(one), 1, false, timeout);
    auto& outcome = outcomes.front();
    if (outcome.what != call_outcome::kind::result) throw me->failure_of(outcome, method);
    co_return message(std::move(outcome.text));
}

asio::awaitable<std::vector<result<message>>> rpc_core::call_all(self me, rpc_batch batch,
                                                                 std::chrono::milliseconds timeout) {
    std::vector<result<message>> answers;
    if (batch.calls_ == 0) {
        if (!batch.empty()) co_await notify_all(me, std::move(batch.items_));
        co_return answers;
    }
    std::vector<std::string> methods;
    for (auto const& each : batch.items_)
        if (each.is_call) methods.push_back(each.method);
    auto outcomes = co_await ask(me, std::move(batch.items_), batch.calls_, true, timeout);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].what == call_outcome::kind::result)
            answers.emplace_back(message(std::move(outcomes[i].text)));
        else
            answers.emplace_back(me->failure_of(outcomes[i], methods[i]));
    }
    co_return answers;
}

asio::awaitable<void> rpc_core::notify_all(self me, std::vector<item> items) {
    me->check_open();
    for (auto& each : items) each.params = checked_params(std::move(each.params));
    me->start(co_await asio::this_coro::executor);
    auto text = requests_text(items, 0, items.size() > 1);
    if (!me->way_->try_send(text)) co_await me->way_->send(std::move(text));
    me->counted_.notifications += items.size();
}

asio::awaitable<message> rpc_core::initialize(self me, std::string params, std::chrono::milliseconds timeout) {
    item asked{"initialize", std::move(params), true};
    auto reply = co_await call(me, std::move(asked), timeout);
    bool const is_mcp = !wire::member_of(reply.text(), "protocolVersion").empty();
    me->has_goodbye_ = !is_mcp;
    std::vector<item> one;
    one.push_back({is_mcp ? "notifications/initialized" : "initialized", is_mcp ? "" : "{}", false});
    co_await notify_all(me, std::move(one));
    co_return reply;
}

asio::awaitable<void> rpc_core::say_goodbye(self me, std::chrono::milliseconds patience) {
    item asked{"shutdown", {}, true};
    static_cast<void>(co_await as_result(call(me, std::move(asked), patience)));
    std::vector<item> one;
    one.push_back({"exit", {}, false});
    co_await notify_all(me, std::move(one));
}

asio::awaitable<void> rpc_core::goodbye(self me, std::chrono::milliseconds patience) {
    if (me->has_goodbye_ && !me->input_over_ && !me->closed_) co_await at_most(2 * patience, say_goodbye(me, patience));
    static_cast<void>(co_await as_result(close(me, patience)));
}

asio::awaitable<void> rpc_core::close(self me, std::chrono::milliseconds patience) {
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    me->start(co_await asio::this_coro::executor);
    me->closed_ = true;
    me->turn_.wake_all();
    co_await me->way_->close(patience);
}

} // namespace parlance
