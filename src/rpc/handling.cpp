// From a request to its answer: see rpc_core.hpp.
#include "rpc/error_object.hpp"
#include "rpc/rpc_core.hpp"
#include "wire/check_json.hpp"
#include "wire/json_member.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace parlance {
namespace {

/// What a handler gave back, as the answer to `request`; only a `message` may hold what is no JSON.
std::string reply_to(peer_request const& request, std::string result) {
    if (!wire::is_json(result))
        return error_text(request.id, error_object(rpc_code::internal_error, "the handler's result is not JSON"));
    return result_text(request.id, without_line_breaks(std::move(result)));
}

asio::awaitable<std::string> other_answer(std::shared_ptr<rpc_core::other_handler> handler, std::string method,
                                          std::string params) {
    auto got = co_await (*handler)(std::move(method), message(std::move(params)));
    co_return std::move(got).text();
}

} // namespace

void rpc_core::begin_waiting() {
    if (beginning_) return; // a handler that is a plain function is answered within
    beginning_ = true;
    while (!dropped_) {
        auto next = desk_.next();
        if (!next) break;
        begin(std::move(*next));
    }
    beginning_ = false;
}

void rpc_core::begin(peer_request request) {
    auto const found = handlers_.find(request.method);
    if (found == handlers_.end() && !other_) {
        auto const none = error_object(rpc_code::method_not_found, "there is no method `" + request.method + "`");
        answer(request, error_text(request.id, none));
        return;
    }
    if (found == handlers_.end()) {
        auto work = other_answer(other_, request.method, std::move(request.params));
        begin_coroutine(std::move(request), std::move(work));
        return;
    }
    auto const handler = found->second; // which may replace or remove itself
    if (handler->coroutine) {
        auto work = handler->coroutine(std::move(request.params));
        begin_coroutine(std::move(request), std::move(work));
        return;
    }
    std::string reply;
    try {
        reply = reply_to(request, handler->plain(std::move(request.params)));
    } catch (...) {
        reply = error_text(request.id, error_object_of(std::current_exception(), false));
    }
    answer(request, std::move(reply));
}

void rpc_core::begin_coroutine(peer_request request, asio::awaitable<std::string> work) {
    auto const cancel = std::make_shared<asio::cancellation_signal>();
    running_.emplace(request.ticket, cancel);
    asio::co_spawn(executor_, handle(shared_from_this(), std::move(request), std::move(work)),
                   asio::bind_cancellation_slot(cancel->slot(), [cancel](std::exception_ptr) {}));
}

asio::awaitable<void> rpc_core::handle(self me, peer_request request, asio::awaitable<std::string> work) {
    std::string reply;
    try {
        auto result = co_await std::move(work);
        reply = reply_to(request, std::move(result));
    } catch (...) {
        auto const error = error_object_of(std::current_exception(), me->desk_.was_cancelled(request.ticket));
        reply = error_text(request.id, error);
    }
    me->running_.erase(request.ticket);
    me->answer(request, std::move(reply));
}

void rpc_core::answer(peer_request const& request, std::string reply) {
    bool const is_wanted = !request.is_notification() && !desk_.is_unwanted(request.ticket);
    auto text = request.is_notification() ? std::string()
                                          : request_desk::answer(request, is_wanted ? std::move(reply) : std::string());
    post(std::move(text), request.ticket);
}

/// Sends what nobody waits for, with `ticket` in hand until it is accepted.
void rpc_core::post(std::string text, std::uint64_t ticket) {
    if (text.empty() || dropped_ || write_failed_) return sent(ticket);
    try {
        if (way_->try_send(text)) return sent(ticket);
    } catch (failure const& fault) {
        if (fault.code() != errc::message_too_large) {
            write_failed();
            return sent(ticket);
        }
        auto const id = text.starts_with('[') ? std::string_view("null") : wire::member_of(text, "id");
        text = error_text(id, error_object(rpc_code::internal_error, fault.message()));
    }
    ++posted_;
    asio::co_spawn(executor_, send_posted(shared_from_this(), std::move(text), ticket), asio::detached);
}

asio::awaitable<void> rpc_core::send_posted(self me, std::string text, std::uint64_t ticket) {
    auto const done = co_await as_result(me->way_->send(std::move(text)));
    --me->posted_;
    if (!done && !me->dropped_) me->write_failed();
    me->sent(ticket);
}

void rpc_core::sent(std::uint64_t ticket) {
    if (ticket != 0) desk_.finish(ticket);
    begin_waiting();
    flush_to_see();
    if (reads_on()) room_.wake_all();
    if (desk_.idle() && posted_ == 0) idle_.wake_all();
}

/// The peer reads no more: handlers work for nobody.
void rpc_core::write_failed() {
    write_failed_ = true;
    cancel_handlers();
    idle_.wake_all();
}

void rpc_core::cancel_handlers() {
    for (auto const ticket : desk_.drop_all()) cancel_handler(ticket);
}

void rpc_core::cancel_handler(std::uint64_t ticket) {
    auto const found = running_.find(ticket);
    if (found == running_.end()) return;
    auto const signal = found->second;
    signal->emit(asio::cancellation_type::terminal);
}

void rpc_core::drop() noexcept {
    dropped_ = true;
    auto const handlers = running_; // they leave the map
    for (auto const& [ticket, signal] : handlers) signal->emit(asio::cancellation_type::terminal);
    way_->drop();
    for (auto const& [group, timer] : sleepers_) timer->cancel();
    for (auto* each : {&turn_, &room_, &idle_}) each->wake_all();
}

} // namespace parlance
