#pragma once
/// What passes, cut into messages and what is none.

#include "stream/inbox.hpp"
#include "wire/cutter.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace parlance::cli {

enum class piece_kind {
    whole,     ///< what the framing says is a message; whether it is JSON is not looked at
    stray,     ///< no message: what stands between two
    half,      ///< the end came in its middle
    too_large, ///< a message over the limit, of which only the size is known
    broken,    ///< where the framing broke
    raw,       ///< what came after that, as it came
    handle,    ///< a descriptor that came with what follows; its text says what it is
};

struct piece {
    piece_kind kind;
    std::string_view text{};
    std::size_t bytes = 0;
    std::string_view reason{}; ///< what is wrong with it, for people; a literal
    bool operator==(piece const&) const = default;
};

/// Cuts one direction of a talk. It never fails: what breaks the framing is a piece, and so is all that follows.
class tap_cutter {
public:
    static constexpr std::size_t limit_bytes = 64 << 20;

    explicit tap_cutter(framing frames, std::size_t limit = limit_bytes) noexcept
        : in_(read_size_bytes), cutter_(frames, limit) {}

    /// Where the next read goes; the pieces of before are gone then.
    std::span<char> room() { return in_.room(); }
    /// So many bytes came. Adds what is whole now; a blank line is nothing.
    void came(std::size_t bytes, std::vector<piece>& pieces);
    /// No more come. Adds what is left.
    void ended(std::vector<piece>& pieces);

private:
    static constexpr std::size_t read_size_bytes = 64 << 10; // what a pipe holds
    bool add(wire::cut const&, std::vector<piece>&);

    inbox in_;
    wire::cutter cutter_;
    bool broken_ = false;
};

} // namespace parlance::cli
