#pragma once
/// Our end of a child's pipe, as a stream.

#include "process/child_core.hpp"
#include "stream/carrier.hpp"
#include "stream/descriptor_carrier.hpp"

namespace parlance {

/// Whether a read would give some bytes.
bool has_bytes(int readable) noexcept;

/// As a stream over descriptors; but its first await begins the watch over the child, and it ends, at the latest,
/// `spawn_options::drain` after the child did: another process may hold its other end open for ever.
class child_pipe final : public stream::carrier {
public:
    child_pipe(std::shared_ptr<child_core> core, unique_fd readable, unique_fd writable);
    /// A socket: both ways.
    child_pipe(std::shared_ptr<child_core> core, unique_fd both);
    ~child_pipe() override;

    asio::awaitable<std::size_t> read_some(std::span<char> into) override;
    asio::awaitable<std::size_t> write_some(std::span<std::string_view const> parts, int descriptor) override;
    std::size_t try_write(std::span<std::string_view const> parts, int descriptor) override;
    void receive_descriptors() override { inner_.receive_descriptors(); }
    descriptor_queue* descriptors() noexcept override { return inner_.descriptors(); }
    void close_write() noexcept override;
    void close() noexcept override;

    /// Whether its end is still to come, or somebody waits to write.
    bool holds_up() const noexcept { return reads_ || writing_; }
    /// There is something to read that was not read yet.
    bool has_unread_bytes() const noexcept { return reads_ && has_bytes(readable_); }
    /// Ends what waits on it. What is in the pipe already can still be read.
    void give_up() noexcept;

private:
    void bind(asio::any_io_executor const& executor) override;
    void reached_end() noexcept;

    std::shared_ptr<child_core> core_;
    int readable_; ///< the number only; `inner_` owns it
    descriptor_carrier inner_;
    bool reads_, reading_ = false, writing_ = false, given_up_ = false;
};

} // namespace parlance
