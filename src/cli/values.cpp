#include "cli/values.hpp"

#include "cli/problem.hpp"

#include <parlance/duration.hpp>
#include <parlance/size.hpp>

#include <charconv>
#include <limits>

namespace parlance::cli {
namespace {

constexpr milliseconds longest_seconds = std::chrono::seconds(9'999'999);

[[noreturn]] void refuse(std::string reason, std::string mend) {
    throw failure(errc::invalid_value, {.reason = std::move(reason), .mend = std::move(mend)});
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    auto const end = text.data() + text.size();
    auto const [rest, fault] = std::from_chars(text.data(), end, number);
    if (fault != std::errc{} || rest != end) return {};
    return number;
}

} // namespace

milliseconds queue_seconds(std::string_view name, std::string const& text, bool whole_seconds) {
    auto const duration = parse_duration(text);
    auto const reason = std::string(name) + " must be between 0 and 9999999";
    if (!duration) refuse(reason, "`" + text + "` is no duration; write 30s, 5m or 2h; a bare number is seconds");
    if (*duration > longest_seconds) refuse(reason, "it counts seconds: 9999999 are 115 days");
    if (whole_seconds && *duration % std::chrono::seconds(1) != milliseconds(0))
        refuse(reason, "a queue's " + std::string(name) + " is whole seconds");
    return *duration;
}

std::optional<milliseconds> queue_seconds_if(std::string_view name, text_option const& text, bool whole_seconds) {
    if (!text) return {};
    return queue_seconds(name, *text, whole_seconds);
}

std::optional<milliseconds> queue_duration(std::string_view name, text_option const& text) {
    if (!text) return {};
    auto const duration = parse_duration(*text);
    if (!duration)
        refuse(std::string(name) + " must be a duration", "write 250ms, 5s, 10m, 2h or 1d instead of `" + *text + "`");
    return duration;
}

std::uint64_t queue_number(std::string_view name, std::string const& text, std::uint64_t least, std::uint64_t most) {
    auto const number = whole_number(text);
    if (!number || *number < least || *number > most)
        refuse(std::string(name) + " must be between " + std::to_string(least) + " and " + std::to_string(most), {});
    return *number;
}

std::int64_t queue_maxsize(std::string const& text) {
    if (text == "unlimited" || text == "-1") return -1;
    auto const size = parse_size(text);
    if (!size || *size < 1024 || *size > 65536)
        refuse("maxsize must be between 1024 and 65536", "or `unlimited`; it counts UTF-16 units");
    return static_cast<std::int64_t>(*size);
}

parlance::backoff queue_backoff(std::string const& text) {
    auto const dots = text.find("..");
    auto const first = parse_duration(std::string_view(text).substr(0, dots));
    auto const longest = dots == text.npos ? first : parse_duration(std::string_view(text).substr(dots + 2));
    if (!first || !longest || *longest < *first)
        refuse("backoff must be one duration, or two with the longer one last", "for example 1s..5m");
    return {.first = *first, .longest = *longest};
}

milliseconds duration_value(std::string_view option, std::string const& text) {
    if (auto const duration = parse_duration(text)) return *duration;
    throw usage_problem(std::string(option) + " is a duration, not `" + text + "`",
                        "write 250ms, 5s, 10m, 2h or 1d; a bare number is seconds");
}

std::uint64_t size_value(std::string_view option, std::string const& text) {
    if (auto const size = parse_size(text)) return *size;
    throw usage_problem(std::string(option) + " is a size, not `" + text + "`", "write bytes, or 64KiB, 1MiB, 2GiB");
}

parlance::framing framing_value(std::string const& name) {
    if (auto const known = parse_framing(name); known && *known < framing::length_prefix) return *known;
    throw usage_problem("there is no framing `" + name + "`",
                        "lines, concatenated, content-length or record-separator");
}

parlance::noise noise_value(std::string const& name) {
    if (auto const known = parse_noise(name)) return *known;
    throw usage_problem("--noise is stderr, skip or error, not `" + name + "`");
}

parlance::serialization serialization_value(std::string const& name) {
    for (auto const known : {serialization::json, serialization::advanced})
        if (name_of(known) == name) return known;
    throw usage_problem("--serialization is json or advanced, not `" + name + "`");
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

} // namespace parlance::cli
