#pragma once
/// What the tests of RPC share.

#include "support/loop.hpp"

#include <parlance/parlance.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace parlance::testing {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

inline channel lines_over(stream bytes) { return {std::move(bytes), framing::lines, {.noise = noise::error}}; }

/// A conversation, and the bare other end, which speaks text.
struct bare_end {
    explicit bare_end(rpc_options options = {}) : bare_end(memory_pair(1 << 20), options) {}
    rpc talk;
    channel peer;

    asio::awaitable<void> says(std::string text) { return peer.send(message(std::move(text))); }
    /// As it stands on the wire, "end" at the end.
    asio::awaitable<std::string> hears() {
        auto const m = co_await peer.receive();
        co_return m ? std::string(m->text()) : "end";
    }

private:
    bare_end(std::pair<stream, stream> ends, rpc_options options)
        : talk(lines_over(std::move(ends.first)), options), peer(lines_over(std::move(ends.second))) {}
};

/// Two conversations, one with the other.
struct two_talks {
    explicit two_talks(rpc_options here_options = {}, rpc_options there_options = {}, std::size_t buffer = 1 << 20)
        : two_talks(memory_pair(buffer), here_options, there_options) {}
    rpc here, there;

private:
    two_talks(std::pair<stream, stream> ends, rpc_options here_options, rpc_options there_options)
        : here(lines_over(std::move(ends.first)), here_options),
          there(lines_over(std::move(ends.second)), there_options) {}
};

template <class T> errc code_of(result<T> const& got) {
    return got ? errc{} : static_cast<errc>(got.error().code().value());
}
/// Of a call that was answered with an error; 0 of any other.
template <class T> int rpc_code_of(result<T> const& got) {
    auto const fault = got ? std::optional<rpc_fault>() : rpc_fault_of(got.error());
    return fault ? fault->code : 0;
}

/// Lets `work` run beside; what it throws is no matter.
inline asio::awaitable<void> beside(asio::awaitable<void> work) {
    asio::co_spawn(co_await asio::this_coro::executor, std::move(work), asio::detached);
}

/// An event that coroutines wait for.
class event {
public:
    asio::awaitable<void> wait() {
        asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::steady_clock::time_point::max());
        if (happened_) co_return;
        timer_ = &timer;
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        timer_ = nullptr;
        // what was cancelled throws at its next await; here it is made to
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
    void happen() {
        happened_ = true;
        if (timer_) timer_->cancel();
    }
    bool happened() const noexcept { return happened_; }

private:
    bool happened_ = false;
    asio::steady_timer* timer_ = nullptr;
};

} // namespace parlance::testing
