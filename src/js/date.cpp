#include <parlance/js.hpp>

#include <parlance/error.hpp>

#include <cmath>
#include <cstdio>

namespace parlance::js {
namespace {

constexpr double farthest_ms = 8.64e15;

/// A reader of digits at fixed places.
class digits {
public:
    explicit digits(std::string_view text) : rest_(text) {}
    bool skip(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Exactly `count` digits, or -1.
    int number(std::size_t count) {
        if (rest_.size() < count) return -1;
        int n = 0;
        for (char const c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return -1;
            n = n * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return n;
    }
    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// The year: four digits, or a sign and six.
std::optional<int> read_year(digits& text) {
    auto const minus = text.skip('-');
    auto const wide = minus || text.skip('+');
    auto const year = text.number(wide ? 6 : 4);
    if (year < 0 || (minus && year == 0)) return std::nullopt;
    return minus ? -year : year;
}

/// Minutes east of UTC, at the end of the text.
std::optional<int> read_zone(digits& text) {
    if (text.skip('Z')) return text.at_end() ? std::optional(0) : std::nullopt;
    auto const west = text.skip('-');
    if (!west && !text.skip('+')) return std::nullopt;
    auto const hours = text.number(2);
    if (hours < 0 || hours > 23 || !text.skip(':')) return std::nullopt;
    auto const minutes = text.number(2);
    if (minutes < 0 || minutes > 59 || !text.at_end()) return std::nullopt;
    return (west ? -1 : 1) * (hours * 60 + minutes);
}

std::optional<double> parse(std::string_view whole) {
    digits text(whole);
    auto const year = read_year(text);
    if (!year || !text.skip('-')) return std::nullopt;
    auto const month = text.number(2);
    if (month < 1 || month > 12 || !text.skip('-')) return std::nullopt;
    auto const day = text.number(2);
    // chrono's year has 16 bits: the wide years are counted in whole eras of 400 years
    int const era = (*year >= 0 ? *year : *year - 399) / 400;
    std::chrono::year_month_day const ymd(std::chrono::year(*year - era * 400),
                                          std::chrono::month(static_cast<unsigned>(month)),
                                          std::chrono::day(static_cast<unsigned>(std::max(day, 0))));
    if (!ymd.ok() || !text.skip('T')) return std::nullopt;
    auto const hour = text.number(2);
    if (hour < 0 || hour > 23 || !text.skip(':')) return std::nullopt;
    auto const minute = text.number(2);
    if (minute < 0 || minute > 59) return std::nullopt;
    int second = 0, ms = 0;
    if (text.skip(':')) {
        second = text.number(2);
        if (second < 0 || second > 59) return std::nullopt;
        if (text.skip('.')) ms = text.number(3);
        if (ms < 0) return std::nullopt;
    }
    auto const zone = read_zone(text);
    if (!zone) return std::nullopt;
    auto const days = static_cast<double>(std::chrono::sys_days(ymd).time_since_epoch().count()) + era * 146097.0;
    return days * 86'400'000 + ((hour * 60.0 + minute - *zone) * 60 + second) * 1000 + ms;
}

} // namespace

date::date(double milliseconds) noexcept
    : ms(std::abs(milliseconds) <= farthest_ms ? std::trunc(milliseconds) + 0.0
                                               : std::numeric_limits<double>::quiet_NaN()) {}

bool date::is_valid() const noexcept { return std::abs(ms) <= farthest_ms; }

std::optional<std::string> date::iso() const {
    if (!is_valid()) return std::nullopt;
    auto const total = static_cast<std::int64_t>(ms); // towards zero, as JavaScript does
    constexpr std::int64_t day_ms = 86'400'000, era_days = 146097;
    auto const days = total >= 0 ? total / day_ms : -((-total + day_ms - 1) / day_ms);
    auto const in_day = static_cast<int>(total - days * day_ms);
    auto const era = days >= 0 ? days / era_days : -((-days + era_days - 1) / era_days);
    std::chrono::year_month_day const ymd(std::chrono::sys_days(std::chrono::days(days - era * era_days)));
    auto const year = static_cast<int>(ymd.year()) + static_cast<int>(era * 400);
    char text[40];
    auto const size =
        std::snprintf(text, sizeof text,
                      year < 0      ? "-%06d-%02u-%02uT%02d:%02d:%02d.%03dZ"
                      : year > 9999 ? "+%06d-%02u-%02uT%02d:%02d:%02d.%03dZ"
                                    : "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                      std::abs(year), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                      in_day / 3'600'000, in_day / 60'000 % 60, in_day / 1000 % 60, in_day % 1000);
    return std::string(text, static_cast<std::size_t>(size));
}

date date::parse_iso(std::string_view text) {
    auto const milliseconds = parse(text);
    date const read(milliseconds.value_or(std::numeric_limits<double>::quiet_NaN()));
    if (!read.is_valid())
        throw failure(errc::invalid_argument, {.input = "\"" + std::string(text.substr(0, 40)) + "\"",
                                               .reason = "no date",
                                               .mend = "write it as 2026-01-02T03:04:05.678Z"});
    return read;
}

std::chrono::system_clock::time_point date::to_time_point() const noexcept {
    using clock = std::chrono::system_clock;
    using std::chrono::milliseconds;
    static auto const first = std::chrono::ceil<milliseconds>(clock::time_point::min());
    static auto const last = std::chrono::floor<milliseconds>(clock::time_point::max());
    if (!(ms > static_cast<double>(first.time_since_epoch().count()))) return first;
    if (!(ms < static_cast<double>(last.time_since_epoch().count()))) return last;
    return clock::time_point(milliseconds(static_cast<std::int64_t>(ms)));
}

bool date::operator==(date const& other) const noexcept { return is_valid() ? ms == other.ms : !other.is_valid(); }

} // namespace parlance::js
