#pragma once
/// From ordinary code into parlance: `auto answer = parlance::run(ask(child));`

#include <parlance/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace parlance {

/// Runs one conversation to its end on this thread's event loop, and hands out what it returned or threw.
///
/// The loop lives as long as the thread, so children, streams and channels may be used by several runs, one after
/// another; what a run leaves going in the background goes on in the next. Inside a coroutine await instead; a run
/// there has a loop of its own, and nothing bound to that may outlive it.
template <class T> T run(asio::awaitable<T> conversation);

namespace detail {

/// The loop of this thread, or a new one where that is running already.
class loop_turn {
public:
    loop_turn();
    ~loop_turn();
    loop_turn(loop_turn const&) = delete;
    loop_turn& operator=(loop_turn const&) = delete;
    asio::io_context& loop() noexcept { return *loop_; }

private:
    std::optional<asio::io_context> own_;
    asio::io_context* loop_;
};

} // namespace detail

template <class T> T run(asio::awaitable<T> conversation) {
    detail::loop_turn turn;
    auto& loop = turn.loop();
    std::exception_ptr thrown;
    if constexpr (std::is_void_v<T>) {
        asio::co_spawn(loop, std::move(conversation), [&](std::exception_ptr e) { thrown = e, loop.stop(); });
        loop.run();
        if (thrown) std::rethrow_exception(thrown);
    } else {
        std::optional<T> returned;
        asio::co_spawn(loop, std::move(conversation), [&](std::exception_ptr e, std::optional<T> value) {
            thrown = e, returned = std::move(value), loop.stop();
        });
        loop.run();
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*returned);
    }
}

} // namespace parlance
