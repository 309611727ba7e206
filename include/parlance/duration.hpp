#pragma once
/// Durations as people write them: `250ms 5s 10m 2h 1d`; a bare number is seconds.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// Reads `250ms`, `5s`, `1.5s`, `10m`, `2h`, `1d` or a bare number of seconds (`5`, `0.25`).
/// None where it is no duration, is negative, or does not fit. Finer than a millisecond is rounded to the nearest.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;

/// The shortest form that loses nothing a reader needs: `12ms`, `1.5s`, `3m20s`, `2h05m`.
std::string format_duration(std::chrono::milliseconds duration);

} // namespace parlance
