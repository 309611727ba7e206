#pragma once
/// Sizes as people write them: bytes, or `64KiB`, `1MiB`, `2GiB`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// Reads `4096`, `64KiB`, `1MiB`, `2GiB`. None where it is no size or does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;

/// `512 B`, `64 KiB`, `1.5 MiB`.
std::string format_size(std::uint64_t bytes);

} // namespace parlance
