#pragma once
/// framing::record_separator, RFC 7464. Rules and examples: docs/framings.md#record-separator.

#include "wire/cut.hpp"
#include "wire/value_scan.hpp"

namespace parlance::wire {

inline constexpr char record_mark = '\x1e';

struct record_scan {
    enum class inside { nothing, record, noise, too_large } where = inside::nothing;
    bracket_scan brackets{};
    std::size_t value_end = 0;    ///< of a record: one past its value, once that is known
    std::size_t mark_scanned = 0; ///< bytes known to hold no RS
    std::size_t scanned = 0; ///< of a word: bytes that belong to it; behind a value: white space; of noise: no newline
    std::string_view why{};  ///< of noise: what is wrong with it
};

/// The first record of `bytes`: RS, a JSON value, a newline (white space before it counts for the limit). A value that
/// ends with itself may also be ended by the next RS; a number or word that is ended so was cut short, and is stray.
/// Bytes before an RS are stray, line by line.
cut cut_record(record_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

/// What is left at the end of the input: a value that ends with itself is whole, any other was cut short.
cut finish_record(record_scan&, std::string_view bytes, std::size_t limit_bytes) noexcept;

} // namespace parlance::wire
