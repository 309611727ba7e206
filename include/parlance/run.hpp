#pragma once
/// From ordinary code into parlance: `auto answer = parlance::run(ask(child));`

#include <parlance/asio.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace parlance {

/// Runs one conversation to its end on an event loop of its own, in this thread, and hands out what it returned or
/// threw. What it left running in the background is stopped then.
template <class T> T run(asio::awaitable<T> conversation) {
    asio::io_context loop(1);
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
