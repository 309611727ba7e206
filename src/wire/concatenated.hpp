#pragma once
/// framing::concatenated. Rules and examples: docs/framings.md#concatenated.

#include "wire/cut.hpp"
#include "wire/value_scan.hpp"

namespace parlance::wire {

struct concatenated_scan {
    enum class inside { nothing, value, word, noise } where = inside::nothing;
    bracket_scan brackets{};
    std::size_t scanned = 0; ///< of a word or of noise: bytes known to belong to it
};

/// The first value of `bytes`. An object, array or string ends with itself; a number, `true`, `false` or `null` needs
/// white space, or the beginning of another value, behind it. What begins no value is stray up to the end of its line.
cut cut_value(concatenated_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

/// What is left at the end of the input, which ends a number or word too.
cut finish_value(concatenated_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

} // namespace parlance::wire
