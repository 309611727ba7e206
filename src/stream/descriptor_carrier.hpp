#pragma once
/// A stream over descriptors: one for both ways, or one for each.

#include "stream/carrier.hpp"
#include "stream/descriptor.hpp"

#include <parlance/fd.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>

namespace parlance {

/// Tries each system call first and waits only when it would block. Since a busy stream then never gives the event
/// loop a turn, every so often it steps aside.
class descriptor_carrier final : public stream::carrier {
public:
    descriptor_carrier(unique_fd readable, unique_fd writable);
    explicit descriptor_carrier(unique_fd both);
    ~descriptor_carrier() override { close(); } // `watched` gives the descriptor back before `fd` closes it

    asio::awaitable<std::size_t> read_some(std::span<char> into) override;
    asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor) override;
    std::size_t try_write(std::span<std::string_view const> parts, int descriptor) override;
    void receive_descriptors() override;
    descriptor_queue* descriptors() noexcept override { return &descriptors_; }
    void close_write() noexcept override;
    void close() noexcept override;

private:
    using descriptor = asio::posix::stream_descriptor;
    struct way {
        unique_fd fd;
        std::optional<descriptor> watched; ///< owns a descriptor's registration, never the descriptor
        unsigned at_once = 0;              ///< operations in a row that did not wait
        void close() noexcept;
    };
    void bind(asio::any_io_executor const& executor) override { executor_ = executor; }
    /// Registered when first waited for: a pipe that is written to and never full costs its peer no wake-ups of ours.
    descriptor& watch(way&);
    asio::awaitable<void> step_aside(way&);
    std::optional<std::size_t> try_read(std::span<char> into);
    /// What a read of ours brought tells about the next one.
    void learn(std::size_t got, std::size_t asked) noexcept;
    int writable() const noexcept { return one_for_both_ ? in_.fd.get() : out_.fd.get(); }

    asio::any_io_executor executor_;
    way in_, out_; // one descriptor for both ways lives in in_
    bool one_for_both_;
    bool drained_ = false; ///< the last read took all there was: the next one is likely to wait
    pipe_widener widener_; ///< of the one that we read
    socket_widener socket_widener_;
    bool write_closed_ = false;
    bool receives_descriptors_ = false;
    descriptor_queue descriptors_;
    std::uint64_t received_bytes_ = 0;              ///< since it receives descriptors
    descriptor_kind kind_ = descriptor_kind::other; // of the writable one
};

} // namespace parlance
