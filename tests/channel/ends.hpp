#pragma once
/// Two channels, or a channel and the bare stream at its other end, in memory.

#include "support/loop.hpp"

#include <parlance/channel.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parlance::testing {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

inline constexpr framing all_framings[] = {framing::lines, framing::concatenated, framing::content_length,
                                           framing::record_separator};

inline message text(std::string_view what) { return message(std::string(what)); }

inline std::vector<std::string> texts(std::vector<message> const& all) {
    std::vector<std::string> out;
    out.reserve(all.size());
    for (auto const& each : all) out.emplace_back(each.text());
    return out;
}

/// Everything that comes until the end.
inline asio::awaitable<std::vector<std::string>> all_of(channel& from) {
    std::vector<std::string> all;
    while (auto got = co_await from.receive()) all.emplace_back(got->text());
    co_return all;
}

inline asio::awaitable<void> write_and_close(stream& to, std::string bytes) {
    co_await to.write(std::move(bytes));
    to.close_write();
}

/// A channel whose other end is bare.
struct half {
    explicit half(framing frames, channel_options options = {}, std::size_t buffer_bytes = 65536)
        : half(memory_pair(buffer_bytes), frames, options) {}
    stream peer;
    channel here;

private:
    half(std::pair<stream, stream> ends, framing frames, channel_options options)
        : peer(std::move(ends.first)), here(std::move(ends.second), frames, options) {}
};

struct pair {
    explicit pair(framing frames, channel_options options = {}, std::size_t buffer_bytes = 65536)
        : pair(memory_pair(buffer_bytes), frames, options) {}
    channel here, there;

private:
    pair(std::pair<stream, stream> ends, framing frames, channel_options options)
        : here(std::move(ends.first), frames, options), there(std::move(ends.second), frames, options) {}
};

/// How a coroutine ended that was started in the background.
struct outcome {
    bool done = false;
    std::exception_ptr thrown;
    asio::cancellation_signal stop;
    boost::system::error_code code() const {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (boost::system::system_error const& fault) {
            return fault.code();
        }
        return {};
    }
};

/// Starts `story` beside us; `how` lives until it ended.
inline asio::awaitable<void> start(asio::awaitable<void> story, outcome& how) {
    asio::co_spawn(co_await asio::this_coro::executor, std::move(story),
                   asio::bind_cancellation_slot(how.stop.slot(), [&how](std::exception_ptr e) {
                       how.done = true;
                       how.thrown = e;
                   }));
}

/// The failure that `call` throws; fails the test where it throws none.
template <class T> asio::awaitable<failure> failure_of(asio::awaitable<T> call) {
    auto got = co_await as_result(std::move(call));
    if (got) {
        ADD_FAILURE() << "nothing was thrown";
        co_return failure(errc::invalid_argument);
    }
    co_return got.error();
}

} // namespace parlance::testing
