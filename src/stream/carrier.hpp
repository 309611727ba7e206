#pragma once
/// What carries a stream's bytes.

#include "stream/descriptor_queue.hpp"

#include <parlance/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>

#include <functional>

namespace parlance {

/// Supplies bytes, and knows nothing of messages. The contract of each function is that of `stream`'s of the same name.
class stream::carrier {
public:
    carrier() = default;
    carrier(carrier const&) = delete;
    carrier& operator=(carrier const&) = delete;
    virtual ~carrier() = default;

    virtual asio::awaitable<std::size_t> read_some(std::span<char> into) = 0;
    virtual asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor) = 0;
    virtual std::size_t try_write(std::span<std::string_view const> parts, int descriptor) = 0;
    virtual void receive_descriptors() {}
    /// Those that came and were not taken; null where the carrier has none.
    virtual descriptor_queue* descriptors() noexcept { return nullptr; }
    virtual void close_write() noexcept = 0;
    virtual void close() noexcept = 0;

    /// Called once, with the executor that the stream binds to, before its first operation.
    std::function<void(asio::any_io_executor const&)> on_bind;

protected:
    bool bound() const noexcept { return bound_; }
    /// For a carrier around another stream.
    static descriptor_queue* descriptors_of(stream& inner) noexcept {
        return inner.carrier_ ? inner.carrier_->descriptors() : nullptr;
    }
    /// The first operation of each carrier calls this.
    void bind_to(asio::any_io_executor const& executor) {
        bound_ = true;
        bind(executor);
        if (auto const hear = std::exchange(on_bind, nullptr)) hear(executor);
    }

private:
    virtual void bind(asio::any_io_executor const& executor) = 0;
    bool bound_ = false;
};

} // namespace parlance
