// Two ends of a stream in memory: the transport of most tests, and of channels between coroutines.
#include "base/condition.hpp"
#include "stream/carrier.hpp"
#include "stream/descriptor.hpp"

#include <parlance/error.hpp>

#include <boost/asio/post.hpp>

#include <cstring>

namespace parlance {
namespace {

/// One way: bytes that were written and not yet read.
struct one_way {
    std::string bytes;
    std::size_t room = 0;
    bool writer_gone = false, reader_gone = false;
    std::optional<condition> changed; ///< made by whoever comes first
    void notify() {
        if (changed) changed->notify_all();
    }
};

class memory_carrier final : public stream::carrier {
public:
    memory_carrier(std::shared_ptr<one_way> in, std::shared_ptr<one_way> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~memory_carrier() override { close(); }

    asio::awaitable<std::size_t> read_some(std::span<char> into) override {
        if (!bound()) bind_to(co_await asio::this_coro::executor);
        auto const way = in_; // outlives a close of ours while we wait
        while (way->bytes.empty() && !way->writer_gone) {
            if (way->reader_gone) throw boost::system::system_error(asio::error::operation_aborted);
            co_await way->changed->wait();
        }
        auto const count = std::min(into.size(), way->bytes.size());
        std::memcpy(into.data(), way->bytes.data(), count);
        way->bytes.erase(0, count);
        way->notify();
        co_return count;
    }

    asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor) override {
        if (!bound()) bind_to(co_await asio::this_coro::executor);
        bool const nothing = std::all_of(parts.begin(), parts.end(), [](auto part) { return part.empty(); });
        if (nothing) co_return 0;
        auto const way = out_;
        for (;;) {
            if (auto const wrote = try_write(parts, descriptor)) co_return wrote;
            co_await way->changed->wait();
        }
    }

    std::size_t try_write(std::span<std::string_view const> parts, int descriptor) override {
        if (descriptor >= 0) throw_carries_no_descriptors();
        if (out_->reader_gone || out_->writer_gone) throw failure(errc::peer_closed, {.input = "writing"});
        std::size_t wrote = 0;
        for (auto part : parts) {
            part = part.substr(0, out_->room - out_->bytes.size());
            out_->bytes.append(part);
            wrote += part.size();
        }
        if (wrote != 0) out_->notify();
        return wrote;
    }

    void close_write() noexcept override {
        out_->writer_gone = true;
        out_->notify();
    }
    void close() noexcept override {
        close_write();
        in_->reader_gone = true;
        in_->notify();
    }

private:
    void bind(asio::any_io_executor const& executor) override {
        for (auto const& way : {in_, out_})
            if (!way->changed) way->changed.emplace(executor);
    }
    std::shared_ptr<one_way> in_, out_;
};

} // namespace

std::pair<stream, stream> memory_pair(std::size_t buffer_bytes) {
    auto const there = std::make_shared<one_way>(), back = std::make_shared<one_way>();
    there->room = back->room = buffer_bytes;
    return {stream(std::make_unique<memory_carrier>(back, there)),
            stream(std::make_unique<memory_carrier>(there, back))};
}

} // namespace parlance
