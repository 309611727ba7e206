#pragma once
/// The decoders of all framings behind one small type.

#include "wire/chunks.hpp"
#include "wire/concatenated.hpp"
#include "wire/content_length.hpp"
#include "wire/cut.hpp"
#include "wire/length_prefix.hpp"
#include "wire/lines.hpp"
#include "wire/record_separator.hpp"

#include <parlance/framing.hpp>

#include <cstdint>
#include <variant>

namespace parlance::wire {

/// Cuts one stream. Remembers what was scanned, and where in the stream it is.
class cutter {
public:
    /// `delimiter` is that of `delimited`.
    cutter(framing, std::size_t limit_bytes, char delimiter = '\f') noexcept;

    /// The next step in `bytes`: all that came and was not consumed by the steps before.
    /// It is not asked again after a step that `is_fatal`.
    cut next(std::string_view bytes) noexcept {
        auto* const lines = std::get_if<line_scan>(&scan_); // the commonest, without a call
        if (!lines) return next_of_others(bytes);
        auto const was_skipping = lines->skipping;
        auto const found = cut_line(*lines, bytes, limit_bytes_);
        line_ += !was_skipping && found.state != cut_state::need_more;
        offset_ += found.consumed;
        return found;
    }
    /// The last step, when no more bytes come and `next` needs more.
    cut finish(std::string_view bytes) noexcept;

    /// Is there no telling where the next message begins?
    bool is_fatal(cut_state) const noexcept;

    std::uint64_t offset() const noexcept { return offset_; } ///< bytes consumed: where the next `bytes` begin
    std::uint64_t line() const noexcept { return line_; }     ///< of `lines`: the number of the line cut last, from 1
    std::uint64_t examined() const noexcept;                  ///< bytes looked at: proves that the work is linear
    framing kind() const noexcept { return static_cast<framing>(scan_.index()); }

private:
    cut next_of_others(std::string_view bytes) noexcept;

    std::variant<line_scan, concatenated_scan, header_scan, record_scan, prefix_scan, mark_scan, chunk_scan>
        scan_; ///< as `framing` has them
    std::size_t limit_bytes_;
    std::uint64_t offset_ = 0;
    std::uint64_t line_ = 0;
};

} // namespace parlance::wire
