// What comes, and where it goes: see rpc_core.hpp.
#include "base/deadline.hpp"
#include "rpc/rpc_core.hpp"
#include "wire/json_member.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace parlance {
namespace {

/// Answers that a peer does not read; then nothing more is read of it either.
constexpr std::size_t most_posted = 64;

constexpr std::string_view lsp_cancel = "$/cancelRequest", mcp_cancel = "notifications/cancelled";

bool is_reply(envelope_kind kind) noexcept {
    return kind == envelope_kind::result || kind == envelope_kind::error || kind == envelope_kind::bad_reply;
}
bool is_stray(envelope_kind kind) noexcept { return kind == envelope_kind::invalid || kind == envelope_kind::not_json; }

} // namespace

void rpc_core::start(asio::any_io_executor const& executor) {
    if (executor_) return;
    executor_ = executor;
    asio::co_spawn(executor_, read_all(shared_from_this()), asio::detached);
}

bool rpc_core::reads_on() const noexcept { return posted_ < most_posted && desk_.may_read(ledger_.groups() > 0); }

asio::awaitable<void> rpc_core::read_all(self me) {
    for (bool more = true; more;) {
        while (!me->dropped_ && !me->reads_on()) static_cast<void>(co_await me->room_.wait(me->executor_));
        if (me->dropped_) co_return;
        more = co_await read_some(me);
        me->begin_waiting();
    }
    co_await input_over(me);
}

/// False at the end.
asio::awaitable<bool> rpc_core::read_some(self me) {
    try {
        auto const came = co_await me->way_->receive();
        for (auto const& each : came) me->take(each);
        co_return !came.empty();
    } catch (failure const& fault) {
        co_return me->survives(fault);
    } catch (boost::system::system_error const& fault) {
        me->fault_ = failure(fault.code(), {.input = me->name_});
    } catch (std::exception const& fault) { // of a function that hears strays
        me->fault_ = failure(errc::not_a_message, {.input = me->name_, .reason = fault.what()});
    }
    co_return false;
}

/// A message that could not be read: a stray, where the next can be.
bool rpc_core::survives(failure const& fault) {
    if (dropped_ || way_->end() || options_.strays == rpc_strays::end || fault.code() == errc::timed_out) {
        fault_ = fault;
        return false;
    }
    take_stray({.kind = envelope_kind::not_json}, fault.message(), nullptr);
    return true;
}

void rpc_core::take(std::string const& text) {
    auto opened = open_message(text);
    for (auto& each : opened.all)
        if (is_reply(each.kind) && !take_reply(each)) {
            if (each.kind == envelope_kind::bad_reply)
                each.kind = envelope_kind::invalid;
            else
                ++counted_.strays;
            if (on_stray_ && each.kind != envelope_kind::invalid) on_stray_(text);
        }
    std::shared_ptr<answer_batch> batch;
    if (opened.is_batch) {
        batch = std::make_shared<answer_batch>();
        for (auto const& each : opened.all)
            batch->left += each.kind == envelope_kind::request || is_stray(each.kind) ? 1 : 0;
    }
    for (auto& each : opened.all) {
        if (is_stray(each.kind))
            take_stray(each, text, batch);
        else if (!is_reply(each.kind))
            take_request(std::move(each), batch);
    }
}

/// False for the reply to no call of ours.
bool rpc_core::take_reply(envelope const& reply) {
    auto const settled = ledger_.settle(reply);
    switch (settled.what) {
    case call_ledger::match::not_ours: return false;
    case call_ledger::match::late: ++counted_.late_replies; break;
    case call_ledger::match::answered: break;
    case call_ledger::match::complete: sleepers_.at(settled.whose)->cancel(); break;
    }
    return true;
}

void rpc_core::take_stray(envelope const& stray, std::string_view text, std::shared_ptr<answer_batch> const& batch) {
    ++counted_.strays;
    if (on_stray_) on_stray_(text);
    if (options_.strays == rpc_strays::end)
        throw failure(errc::not_a_message,
                      {.input = name_, .reason = "not a message of JSON-RPC: " + std::string(text.substr(0, 200))});
    peer_request const asked{.id = stray.id.empty() ? "null" : std::string(stray.id), .batch = batch};
    if (options_.strays == rpc_strays::skip) {
        post(request_desk::answer(asked, {}));
        return;
    }
    auto const reason = std::string(stray.reason);
    auto const error = stray.kind == envelope_kind::not_json
                           ? error_object(rpc_code::parse_error, "Parse error")
                           : error_object(rpc_code::invalid_request, "Invalid Request: " + reason);
    post(request_desk::answer(asked, error_text(asked.id, error)));
}

void rpc_core::take_request(envelope came, std::shared_ptr<answer_batch> const& batch) {
    bool const is_call = came.kind == envelope_kind::request;
    ++(is_call ? counted_.requests : counted_.notifications_in);
    if (!is_call) take_cancellation(came);
    if (stopped_ || write_failed_) return;
    if (!is_call && !other_ && !handlers_.contains(came.method)) return;
    peer_request asked{.id = std::string(came.id),
                       .method = std::move(came.method),
                       .params = std::string(came.params),
                       .batch = batch};
    if (desk_.arrive(asked)) return;
    ++counted_.refused;
    auto const busy = error_object(rpc_code::busy, "too many requests wait for their answers");
    post(request_desk::answer(asked, error_text(asked.id, busy)));
}

void rpc_core::take_cancellation(envelope const& came) {
    bool const is_mcp = came.method == mcp_cancel;
    if (!is_mcp && came.method != lsp_cancel) return;
    auto const id = wire::member_of(came.params, is_mcp ? "requestId" : "id");
    if (id.empty()) return;
    auto const how = is_mcp ? request_desk::cancel_form::unanswered : request_desk::cancel_form::answered;
    auto const cancelled = desk_.cancel(id, how);
    for (auto const& each : cancelled.waiting) {
        auto const error = error_object(rpc_code::request_cancelled, "the request was cancelled");
        post(request_desk::answer(each, is_mcp ? std::string() : error_text(each.id, error)));
    }
    for (auto const ticket : cancelled.running) cancel_handler(ticket);
}

/// No answers come any more; requests that are in hand may still be answered, where somebody reads.
asio::awaitable<void> rpc_core::input_over(self me) {
    me->input_over_ = true;
    for (auto const group : me->ledger_.peer_gone()) me->sleepers_.at(group)->cancel();
    me->turn_.wake_all();
    me->idle_.wake_all();
    me->flush_to_see();
    auto const deadline = deadline_after(me->options_.finish_within);
    if (me->options_.finish_within.count() <= 0) co_return;
    while (!me->dropped_ && !me->desk_.idle() && std::chrono::steady_clock::now() < deadline)
        static_cast<void>(co_await me->idle_.wait(me->executor_, deadline));
    if (!me->dropped_) me->cancel_handlers();
}

/// Whether somebody still reads is only told by writing: a peer that died has ended its input, and reads no more.
void rpc_core::flush_to_see() {
    if (!input_over_ || dropped_ || write_failed_ || std::exchange(flushing_, true)) return;
    asio::co_spawn(executor_, flush(shared_from_this()), asio::detached);
}

asio::awaitable<void> rpc_core::flush(self me) {
    auto const done = co_await as_result(me->way_->flush());
    me->flushing_ = false;
    if (!done && !me->dropped_) me->write_failed();
}

asio::awaitable<void> rpc_core::serve(self me) {
    me->check_open();
    me->start(co_await asio::this_coro::executor);
    while (!me->dropped_ && !((me->input_over_ || me->stopped_) && me->desk_.idle() && me->posted_ == 0))
        static_cast<void>(co_await me->idle_.wait(me->executor_));
    if (me->dropped_) throw boost::system::system_error(asio::error::operation_aborted);
    if (!me->write_failed_) static_cast<void>(co_await as_result(me->way_->flush())); // nobody reads: nobody to tell
    if (me->fault_ && !me->stopped_) throw *me->fault_;
}

void rpc_core::stop() noexcept {
    stopped_ = true;
    idle_.wake_all();
}

} // namespace parlance
