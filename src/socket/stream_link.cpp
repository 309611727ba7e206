#include "socket/stream_link.hpp"

#include "base/deadline.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace parlance {

stream_link::stream_link(std::shared_ptr<socket_settings const> how, stream bytes, address place,
                         asio::any_io_executor loop, std::chrono::milliseconds grace, bool one_at_a_time)
    : link(std::move(how), std::move(place)),
      talk(std::move(bytes), settings->frames(), settings->for_channel(from.text(), one_at_a_time)),
      executor_(std::move(loop)), grace_(grace) {}

asio::awaitable<std::uint64_t> stream_link::send(message frame) {
    auto const me = shared_from_this();
    co_await me->talk.send(std::move(frame));
    co_return me->numbers.accepted();
}

bool stream_link::try_send(message& frame) {
    if (!talk.try_send(frame)) return false;
    numbers.accepted();
    return true;
}

void stream_link::close() {
    if (!closing_) asio::co_spawn(executor_, closing(shared_from_this()), asio::detached);
}

/// A peer that takes what it was sent and does not end its side is not waited for longer than the grace.
asio::awaitable<void> stream_link::closing(self me) {
    auto left = co_await finish(me, me->grace_);
    me->left_ = std::move(left);
    auto const until = deadline_after(me->grace_);
    while (!me->hears_no_more_)
        if (!co_await me->heard_all_.wait(me->executor_, until)) break;
    if (!me->hears_no_more_) me->talk.bytes().close();
}

asio::awaitable<std::vector<message>> stream_link::finish(self me, std::chrono::milliseconds grace) {
    if (std::exchange(me->closing_, true)) {
        while (!me->closed_) co_await me->finished_.wait(me->executor_);
        co_return std::exchange(me->left_, {});
    }
    auto left = co_await me->talk.close(grace);
    me->closed_ = true;
    me->finished_.wake_all();
    co_return left;
}

asio::awaitable<void> stream_link::until_flushed(self me) {
    while (!me->closed_) co_await me->finished_.wait(me->executor_);
}

void stream_link::drop() noexcept {
    closing_ = true;
    talk.bytes().close();
}

asio::awaitable<void> stream_link::hear(self me, socket_core::self core, socket_peer whose) {
    struct told {
        stream_link& link;
        explicit told(stream_link& of) : link(of) {}
        told(told const&) = delete;
        told& operator=(told const&) = delete;
        ~told() {
            link.hears_no_more_ = true;
            link.heard_all_.wake_all();
        }
    } const at_the_end(*me);
    socket_event event(happened::message, whose);
    while (!core->is_over()) {
        auto got = co_await as_result(me->talk.receive_some());
        if (!got) {
            if (got.error().code() == asio::error::operation_aborted) co_return;
            co_await socket_core::tell_fault(core, got.error(), whose);
            if (me->talk.end()) co_return;
            continue;
        }
        if (got->empty()) co_return;
        for (auto& frame : *got) {
            std::optional<failure> fault;
            bool done = true;
            try {
                core->fill(event, std::move(frame));
            } catch (failure const& wrong) {
                fault.emplace(wrong);
            }
            try {
                if (!fault) done = core->tell_now(event);
            } catch (...) {
                fault.emplace(fault_of_handler(std::current_exception()));
            }
            if (fault) co_await socket_core::tell_fault(core, std::move(*fault), whose);
            if (!done) co_await socket_core::tell(core, std::exchange(event, socket_event(happened::message, whose)));
            if (core->is_over()) co_return;
        }
    }
}

} // namespace parlance
