#pragma once
/// The room that a whole output is read into, and the string that it becomes.

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace parlance {

/// Bytes that come until the end, kept up to a limit.
///
///     capture_buffer all(limit_bytes);
///     while (auto const got = co_await from.read_some(all.room())) {
///         all.took(got);
///         if (all.over()) …   // more than the limit came; the first `limit_bytes` are kept
///     }
///     return all.take();
///
/// Nothing is moved while it grows, and nothing is filled with zeros: bytes are read into blocks, each as large as all
/// before it (16 KiB to 16 MiB), which are joined once, at the end; each block is given back as soon as it was copied,
/// so that never more than the bytes and one block are in memory. Large blocks, and a large string, ask for huge pages:
/// the faults of small ones cost more than the copy (a gigabyte: bench/capture.cpp).
class capture_buffer {
public:
    explicit capture_buffer(std::size_t limit_bytes = std::numeric_limits<std::size_t>::max()) noexcept
        : limit_(limit_bytes) {}

    /// Where the next read goes. Never empty, and never more than one byte over the limit: that byte tells an output of
    /// exactly the limit from a larger one. What comes after it is written over it and not counted. Throws
    /// std::bad_alloc.
    std::span<char> room();
    /// The read brought so many bytes.
    void took(std::size_t count) noexcept {
        if (!over()) came_ += count;
    }

    /// Bytes kept: at most the limit.
    std::size_t size() const noexcept { return over() ? limit_ : came_; }
    bool over() const noexcept { return came_ > limit_; }
    /// All that is kept, in order; it is empty then, as when it was made. Throws std::bad_alloc.
    std::string take();

private:
    /// Owns the memory of one block: the heap's, or from `mapped_from` bytes pages of its own, which go back to the
    /// system when they are done with.
    class block {
    public:
        explicit block(std::size_t capacity);
        block(block&& other) noexcept : data_(std::exchange(other.data_, {})) {}
        block& operator=(block&&) = delete;
        ~block();
        std::span<char> bytes() const noexcept { return data_; }

    private:
        std::span<char> data_;
    };

    std::vector<block> blocks_; ///< all are full but the last
    std::size_t limit_;
    std::size_t capacity_ = 0; ///< of all blocks
    std::size_t came_ = 0;     ///< at most one over the limit
};

} // namespace parlance
