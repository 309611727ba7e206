#include "stream/inbox.hpp"
#include "stream/sink_target.hpp"

#include <parlance/error.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace parlance {

/// The sinks of one `copy`, and what is being given to them.
class copying {
public:
    explicit copying(std::vector<sink> to) : sinks_(std::move(to)) {
        for (auto const& each : sinks_)
            if (auto const* const stream = each.target_->to; stream && !stream->is_writable())
                throw failure(errc::channel_closed,
                              {.input = each.target_->name,
                               .reason = "it is closed for writing",
                               .mend = "`sink::to` closes a stream at the end: if more is to come, `stays_open()`"});
    }

    bool has_readers() const noexcept {
        return std::any_of(sinks_.begin(), sinks_.end(), [](auto const& each) { return !each.target_->reader_gone; });
    }

    /// Resumes when each has `bytes`, or no reader. Throws the first fault, when all others have them.
    asio::awaitable<void> give(std::string_view bytes) {
        std::vector<sink::target*> waiting;
        for (auto& each : sinks_)
            if (!offer(*each.target_, bytes)) waiting.push_back(each.target_.get());
        if (waiting.size() == 1) co_await write_rest(*waiting.front());
        if (waiting.size() > 1) co_await write_side_by_side(waiting);
        throw_first_fault();
    }

    /// Nothing more comes.
    void finish() {
        for (auto& each : sinks_)
            if (auto& to = *each.target_; !to.reader_gone && to.finish) guard(to, to.finish);
        throw_first_fault();
    }

private:
    using target = sink::target;

    /// Gives what can be given without waiting; false where something is left.
    static bool offer(target& to, std::string_view bytes) {
        if (to.reader_gone) return true;
        to.rest = bytes.substr(0, to.left_bytes);
        to.left_bytes -= to.rest.size();
        bool const too_much = to.rest.size() < bytes.size();
        guard(to, [&] {
            if (to.take)
                to.take(std::exchange(to.rest, {}));
            else if (!to.rest.empty())
                to.rest.remove_prefix(to.to->try_write({&to.rest, 1}));
        });
        if (too_much && !to.fault && !to.reader_gone) to.fault = over_its_limit(to);
        return to.rest.empty();
    }

    /// Writes what is left, and throws nothing.
    static asio::awaitable<void> write_rest(target& to) {
        while (!to.rest.empty()) {
            try {
                to.rest.remove_prefix(co_await to.to->write_some({&to.rest, 1}));
            } catch (...) {
                judge(to);
            }
        }
    }

    static asio::awaitable<void> hears_cancellation(target& to) {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        co_await write_rest(to);
    }

    /// So that none waits for another, whose reader may wait for this one's.
    static asio::awaitable<void> write_side_by_side(std::vector<target*> const& waiting) {
        auto const executor = co_await asio::this_coro::executor;
        using writing = decltype(asio::co_spawn(executor, write_rest(*waiting.front()), asio::deferred));
        std::vector<writing> all;
        all.reserve(waiting.size());
        for (auto* const each : waiting)
            all.push_back(asio::co_spawn(executor, hears_cancellation(*each), asio::deferred));
        auto const [order, thrown] = co_await asio::experimental::make_parallel_group(std::move(all))
                                         .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
        for (std::size_t i = 0; i < thrown.size(); ++i) // one that was cancelled before it began
            if (thrown[i] && !waiting[i]->fault) waiting[i]->fault = thrown[i];
    }

    template <class Action> static void guard(target& to, Action const& act) {
        try {
            act();
        } catch (...) {
            judge(to);
        }
    }

    /// Called while the fault is handled: what becomes of a sink that cannot be written to.
    static void judge(target& to) {
        to.rest = {};
        try {
            throw;
        } catch (failure const& fault) {
            if (fault.code() == errc::peer_closed && to.to)
                to.reader_gone = true;
            else if (to.to)
                to.fault = std::make_exception_ptr(failure(fault.code(), {.input = "writing to " + to.name}));
            else
                to.fault = std::current_exception();
        } catch (...) {
            to.fault = std::current_exception();
        }
    }

    static std::exception_ptr over_its_limit(target const& to) {
        auto const limit = std::to_string(to.at_most_bytes);
        return std::make_exception_ptr(failure(
            errc::max_buffer, {.input = to.name, .reason = "more than the " + limit + " bytes that it may have came"}));
    }

    void throw_first_fault() const {
        for (auto const& each : sinks_)
            if (each.target_->fault) std::rethrow_exception(each.target_->fault);
    }

    std::vector<sink> sinks_;
};

asio::awaitable<std::uint64_t> copy_to_all(stream& from, std::vector<sink> to) {
    constexpr std::size_t read_size = 256 << 10;
    copying sinks(std::move(to));
    inbox in(read_size);
    std::uint64_t copied = 0;
    while (sinks.has_readers()) {
        auto const got = co_await from.read_some(in.room());
        if (got == 0) {
            sinks.finish();
            break;
        }
        in.filled(got);
        copied += got;
        co_await sinks.give(in.bytes());
        in.consume(got);
    }
    co_return copied;
}

} // namespace parlance
