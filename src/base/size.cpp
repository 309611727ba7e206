#include <parlance/size.hpp>

#include <array>
#include <charconv>

namespace parlance {
namespace {

struct size_unit {
    std::string_view name;
    unsigned shift;
};
constexpr std::array size_units{size_unit{"TiB", 40}, size_unit{"GiB", 30}, size_unit{"MiB", 20}, size_unit{"KiB", 10}};

} // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    std::uint64_t number = 0;
    auto const [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{}) return {};
    std::string_view const name(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    if (name.empty()) return number;
    for (auto const& each : size_units) {
        if (each.name != name) continue;
        if (number >> (64 - each.shift) != 0) return {};
        return number << each.shift;
    }
    return {};
}

std::string format_size(std::uint64_t bytes) {
    for (auto const& each : size_units) {
        if (bytes >> each.shift == 0) continue;
        // in tenths, cut, not rounded: 1023.99 KiB is not yet a MiB
        auto const whole = bytes >> each.shift;
        auto const tenth = ((bytes & ((std::uint64_t{1} << each.shift) - 1)) * 10) >> each.shift;
        auto const digits = whole < 100 && tenth != 0 ? "." + std::to_string(tenth) : "";
        return std::to_string(whole) + digits + " " + std::string(each.name);
    }
    return std::to_string(bytes) + " B";
}

} // namespace parlance
