#include <parlance/duration.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace parlance {
namespace {

struct unit {
    std::string_view name;
    std::int64_t ms;
};
constexpr std::array units{unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000}, unit{"h", 3'600'000},
                           unit{"d", 86'400'000}};

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> unit_of(std::string_view name) noexcept {
    if (name.empty()) return 1000;
    for (auto const& each : units)
        if (each.name == name) return each.ms;
    return {};
}

/// `number` and a zero in front of it where it has one digit.
std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// `3m20s`, and `3m` where nothing is left over.
std::string in_two(std::int64_t large, char const* large_name, std::int64_t small, char const* small_name) {
    auto text = std::to_string(large) + large_name;
    return small == 0 ? text : text + two_digits(small) + small_name;
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    std::size_t at = 0;
    std::uint64_t whole = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
        if (whole > (most - 9) / 10) return {};
        whole = whole * 10 + static_cast<std::uint64_t>(text[at] - '0');
    }
    if (at == 0) return {};
    // The fraction in units of 10^-10: ten digits are finer than a millisecond of any unit, the rest is not looked
    // at.
    std::uint64_t fraction = 0;
    if (at < text.size() && text[at] == '.') {
        auto const first = ++at;
        std::uint64_t scale = 1'000'000'000;
        for (; at < text.size() && is_digit(text[at]); ++at, scale /= 10)
            fraction += scale * static_cast<std::uint64_t>(text[at] - '0');
        if (at == first) return {};
    }
    auto const ms = unit_of(text.substr(at));
    if (!ms) return {};
    auto const factor = static_cast<std::uint64_t>(*ms);
    if (whole > most / factor) return {};
    auto const total = whole * factor + (fraction * factor + 5'000'000'000) / 10'000'000'000;
    if (total > most) return {};
    return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

std::string format_duration(std::chrono::milliseconds duration) {
    // what is rounded up below must fit
    auto const ms = std::min(duration.count(), std::chrono::milliseconds::max().count() - 1'800'000);
    if (ms < 0) return "-" + format_duration(-std::max(duration, -std::chrono::milliseconds::max()));
    if (ms < 1000) return std::to_string(ms) + "ms";
    if (auto const tenths = (ms + 50) / 100; tenths < 600)
        return std::to_string(tenths / 10) + (tenths % 10 ? "." + std::to_string(tenths % 10) : "") + "s";
    if (auto const seconds = (ms + 500) / 1000; seconds < 3600) return in_two(seconds / 60, "m", seconds % 60, "s");
    if (auto const minutes = (ms + 30'000) / 60'000; minutes < 24 * 60)
        return in_two(minutes / 60, "h", minutes % 60, "m");
    auto const hours = (ms + 1'800'000) / 3'600'000;
    return in_two(hours / 24, "d", hours % 24, "h");
}

} // namespace parlance
