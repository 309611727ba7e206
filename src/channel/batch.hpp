#pragma once
/// Messages that leave together.

#include <parlance/framing.hpp>
#include <parlance/message.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// Frames in the order in which they were added, and how far they are written. Small messages are copied into one
/// buffer; a large one is kept as it is and written from where it lies.
class batch {
public:
    static constexpr std::size_t large_bytes = 32 << 10;
    static constexpr std::size_t parts_at_once = 16;
    using part_list = std::array<std::string_view, parts_at_once>;

    void add(framing, message, char delimiter = '\f');

    /// Bytes that are not yet written.
    std::size_t left() const noexcept { return size_ - written_; }
    bool empty() const noexcept { return left() == 0; }

    /// The front of what is to be written, in `into`; no further than to the next message with a handle, since a
    /// descriptor goes with the first byte of what is written at once.
    std::span<std::string_view const> parts(part_list& into) const noexcept;
    /// The descriptor that goes with the first byte of `parts`, or -1.
    int descriptor() const noexcept { return handle_is_next() ? handles_[next_handle_].fd.get() : -1; }
    void wrote(std::size_t bytes) noexcept;

    /// The messages of which not every byte was written, in order. They leave the batch.
    void take_unwritten(std::vector<message>& into);

    /// Forgets all frames; keeps its memory.
    void clear() noexcept;
    /// Gives memory back that an idle channel should not hold. Only while empty.
    void rest() noexcept;

private:
    struct frame {
        std::size_t text;
        std::uint8_t before, after;
    };
    struct large {
        std::size_t at; ///< its place: behind so many bytes of `small_`
        std::string body;
    };
    struct handle {
        std::size_t at; ///< where its message begins
        unique_fd fd;
    };
    bool handle_is_next() const noexcept {
        return next_handle_ < handles_.size() && handles_[next_handle_].at == written_;
    }
    void add_large(std::string text);

    std::string small_;
    std::vector<large> large_;
    std::vector<frame> frames_;
    std::vector<handle> handles_; ///< closed here when they are on their way
    std::size_t next_handle_ = 0;
    std::size_t size_ = 0, written_ = 0;
    // Where writing goes on: in small_, and in large_[next_large_].
    std::size_t small_written_ = 0, next_large_ = 0, large_written_ = 0;
};

} // namespace parlance
