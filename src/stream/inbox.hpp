#pragma once
/// The bytes that were read and not yet cut.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

namespace parlance {

/// One buffer, read into at its end and cut at its front. Bytes are moved only when a frame is partial.
///
/// It is small while little comes, so that a stream at rest costs little: a read that fills it asks for `read_size`
/// the next time, and a read that does not goes back to `small`. The large block is then left to the thread's next
/// inbox.
class inbox {
public:
    static constexpr std::size_t small = 4096;
    /// So many bytes behind `bytes()` may be read (they mean nothing), which lets scanners take whole words.
    static constexpr std::size_t spare = 64;

    explicit inbox(std::size_t read_size) noexcept : read_size_(read_size) {}

    std::string_view bytes() const noexcept { return {data_.get() + first_, last_ - first_}; }
    void consume(std::size_t count) noexcept { first_ += count; }

    /// Where the next read goes. Throws std::bad_alloc.
    std::span<char> room();
    /// The read brought so many bytes.
    void filled(std::size_t count) noexcept;
    /// Forgets everything, the memory too.
    void clear() noexcept;

    std::size_t capacity() const noexcept { return capacity_; }

private:
    struct free_it {
        void operator()(char* block) const noexcept { std::free(block); }
    };
    void replace(std::size_t capacity);
    void grow(std::size_t capacity);

    std::unique_ptr<char, free_it> data_;
    std::size_t capacity_ = 0; ///< without the spare bytes
    std::size_t first_ = 0, last_ = 0;
    std::size_t read_size_;
    std::size_t asked_ = 0;
    bool hungry_ = false; ///< the last read filled all that it was given
};

} // namespace parlance
