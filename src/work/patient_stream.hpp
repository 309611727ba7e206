#pragma once
/// The pipes of a `lines` worker, whose standard output has answers for us and lines for whoever watches.

#include "stream/carrier.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace parlance {

/// A stream that, each time after something was printed, waits for `may_go_on` before it reads on.
class patient_carrier final : public stream::carrier {
public:
    using wait = std::function<asio::awaitable<void>()>;
    patient_carrier(stream inner, std::shared_ptr<bool> printed, wait may_go_on)
        : inner_(std::move(inner)), printed_(std::move(printed)), may_go_on_(std::move(may_go_on)) {}

    asio::awaitable<std::size_t> read_some(std::span<char> into) override {
        if (!bound()) bind_to(co_await asio::this_coro::executor);
        if (std::exchange(*printed_, false)) co_await may_go_on_();
        co_return co_await inner_.read_some(into);
    }
    asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor) override {
        if (!bound()) bind_to(co_await asio::this_coro::executor);
        co_return co_await inner_.write_some(parts, descriptor);
    }
    std::size_t try_write(std::span<std::string_view const> parts, int descriptor) override {
        return inner_.try_write(parts, descriptor);
    }
    void receive_descriptors() override { inner_.receive_descriptors(); }
    descriptor_queue* descriptors() noexcept override { return descriptors_of(inner_); }
    void close_write() noexcept override { inner_.close_write(); }
    void close() noexcept override { inner_.close(); }

private:
    void bind(asio::any_io_executor const&) override {} // the inner one binds itself

    stream inner_;
    std::shared_ptr<bool> printed_;
    wait may_go_on_;
};

} // namespace parlance
