#pragma once
/// The descriptors that came with a stream's bytes and were not yet taken.

#include <parlance/fd.hpp>

#include <cstdint>
#include <deque>
#include <utility>

namespace parlance {

/// Knows which bytes each came with: the kernel hands a descriptor over with one of the bytes of a read, and does not
/// say with which. Bytes are counted from the stream's first.
class descriptor_queue {
public:
    /// More are closed at once: a peer that sends more than it announces does not use up our descriptors.
    static constexpr std::size_t most = 64;

    /// It came with a read of the bytes from `first` to before `last`.
    void came(std::uint64_t first, std::uint64_t last, unique_fd fd) {
        if (queue_.size() < most) queue_.push_back({first, last, std::move(fd)});
    }
    /// The one that came with the byte at `offset`, or may have. Those of earlier bytes are closed.
    unique_fd take(std::uint64_t offset) noexcept {
        close_before(offset);
        return queue_.empty() || offset < queue_.front().first ? unique_fd() : take_oldest();
    }
    unique_fd take_oldest() noexcept {
        if (queue_.empty()) return unique_fd();
        auto oldest = std::move(queue_.front().fd);
        queue_.pop_front();
        return oldest;
    }
    /// Closes those of which every byte that they may belong to lies before `offset`.
    void close_before(std::uint64_t offset) noexcept {
        while (!queue_.empty() && queue_.front().last <= offset) queue_.pop_front();
    }

private:
    struct received {
        std::uint64_t first, last;
        unique_fd fd;
    };
    std::deque<received> queue_;
};

} // namespace parlance
