#pragma once
/// framing::content_length, the base protocol of LSP. Rules and examples: docs/framings.md#content-length.

#include "wire/cut.hpp"

#include <cstdint>
#include <optional>

namespace parlance::wire {

/// All header lines of one message together.
inline constexpr std::size_t header_limit_bytes = 8192;

struct header_scan {
    std::size_t scanned = 0;             ///< bytes of the next header line that hold no newline
    std::size_t header_bytes = 0;        ///< header lines of this message that are done with
    std::optional<std::size_t> length{}; ///< of Content-Length, once it was read
    bool in_body = false;
    std::uint64_t examined = 0; ///< bytes looked at, ever
};

/// The first message of `bytes`: header lines, an empty line, and as many bytes as Content-Length says. A line that is
/// no header, where no Content-Length was read yet, is stray.
cut cut_body(header_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

/// What is left at the end of the input.
cut finish_body(header_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

} // namespace parlance::wire
