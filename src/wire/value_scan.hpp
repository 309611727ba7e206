#pragma once
/// Where a JSON value that stands alone in a stream ends, found without parsing it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parlance::wire {

/// The end of a container or string that begins at byte 0: brackets are counted outside of strings, 64 bytes at a time.
/// Which bracket closes which is not looked at; who needs to know checks the whole value (`check_json`).
struct bracket_scan {
    std::size_t scanned = 0; ///< bytes at the front that are done with
    std::size_t depth = 0;
    bool in_string = false;
    bool escaped = false;       ///< the next byte stands behind a backslash
    std::uint64_t examined = 0; ///< bytes looked at, ever
};

/// One past the end of the value, or npos while it is not there. `bytes` begins with `{`, `[` or `"`, and with all that
/// the last call saw. After the end was found, give `scan` a fresh start with `restart`.
std::size_t find_value_end(bracket_scan& scan, std::string_view bytes) noexcept;

inline void restart(bracket_scan& scan) noexcept { scan = {.examined = scan.examined}; }

/// How long the word at the front of `bytes` is that could be a number, `true`, `false` or `null`, right or not.
std::size_t word_length(std::string_view bytes, std::size_t from = 0) noexcept;

constexpr bool begins_container(char c) noexcept { return c == '{' || c == '[' || c == '"'; }
constexpr bool begins_word(char c) noexcept {
    return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
}

} // namespace parlance::wire
