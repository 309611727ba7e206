#include "queue/checks.hpp"

#include <algorithm>

namespace parlance {
namespace {

[[noreturn]] void refuse_value(std::string reason, std::string mend = {}) {
    throw failure(errc::invalid_value, {.reason = std::move(reason), .mend = std::move(mend)});
}

constexpr bool is_name_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

void check_maxsize(std::int64_t value) {
    if (value == -1 || (value >= 1024 && value <= 65536)) return;
    refuse_value("maxsize must be between 1024 and 65536", "or -1 for no limit");
}

void check_backoff(backoff rule) {
    if (rule.first.count() >= 0 && rule.first <= rule.longest && rule.longest <= longest_duration) return;
    refuse_value("backoff must be between 0 and 9999999", "the first wait may not be longer than the longest");
}

/// Bytes of the UTF-8 sequence at the start of `text`; 0 where there is none.
constexpr std::size_t sequence_length(std::string_view text) noexcept {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const follows = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    if (byte(0) < 0x80) return 1;
    if (byte(0) >= 0xC2 && byte(0) <= 0xDF) return follows(1) ? 2 : 0;
    if (byte(0) >= 0xE0 && byte(0) <= 0xEF) return follows(1) && follows(2) ? 3 : 0;
    if (byte(0) >= 0xF0 && byte(0) <= 0xF4) return follows(1) && follows(2) && follows(3) ? 4 : 0;
    return 0;
}

} // namespace

void check_queue_name(std::string_view name) {
    if (name.empty()) throw failure(errc::missing_queue_name);
    std::string const input = "queue " + std::string(name.substr(0, longest_queue_name + 1));
    if (name == "QUEUES")
        throw failure(errc::invalid_queue_name,
                      {.input = input, .mend = "rsmq keeps the list of all queues under this name; choose another"});
    if (name.size() > longest_queue_name || !std::all_of(name.begin(), name.end(), is_name_character))
        throw failure(errc::invalid_queue_name,
                      {.input = input, .mend = "a name is 1 to 160 characters of A-Z a-z 0-9 _ -"});
}

void check_duration(std::string_view what, std::chrono::milliseconds value) {
    if (value.count() >= 0 && value <= longest_duration) return;
    refuse_value(std::string(what) + " must be between 0 and 9999999");
}

std::chrono::seconds check_seconds(std::string_view what, std::chrono::milliseconds value) {
    check_duration(what, value);
    auto const whole = std::chrono::floor<std::chrono::seconds>(value);
    if (whole != value) refuse_value(std::string(what) + " must be between 0 and 9999999", "in whole seconds");
    return whole;
}

bool has_any(queue_options const& options) noexcept {
    return options.vt || options.delay || options.maxsize || options.max_receives || options.dead_letter ||
           options.backoff;
}

queue_settings apply(queue_options const& options, queue_settings settings, std::string_view name) {
    if (options.vt) settings.vt = check_seconds("vt", *options.vt);
    if (options.delay) settings.delay = check_seconds("delay", *options.delay);
    if (options.maxsize) check_maxsize(settings.maxsize = *options.maxsize);
    if (options.max_receives) settings.max_receives = *options.max_receives;
    if (options.backoff) check_backoff(settings.backoff = *options.backoff);
    if (options.dead_letter) {
        if (!options.dead_letter->empty()) check_queue_name(*options.dead_letter);
        if (*options.dead_letter == name)
            refuse_value("dead_letter must be another queue", "a queue cannot be its own dead-letter queue");
        settings.dead_letter = *options.dead_letter;
    }
    if (settings.max_receives > 0) static_cast<void>(dead_letter_name(name, settings));
    return settings;
}

bool has_dead_letter_name(std::string_view name, queue_settings const& settings) noexcept {
    return !settings.dead_letter.empty() || name.size() + dead_suffix.size() <= longest_queue_name;
}

std::string dead_letter_name(std::string_view name, queue_settings const& settings) {
    if (!settings.dead_letter.empty()) return settings.dead_letter;
    if (!has_dead_letter_name(name, settings))
        throw failure(
            errc::invalid_value,
            {.input = "queue " + std::string(name),
             .reason = "the name is too long for a dead-letter queue: with --dead it has more than 160 characters",
             .mend = "name its dead-letter queue (dead_letter, --dead-letter NAME)"});
    return std::string(name).append(dead_suffix);
}

std::size_t utf16_length(std::string_view text) noexcept {
    std::size_t units = 0;
    while (!text.empty()) {
        auto const bytes = sequence_length(text);
        units += bytes == 4 ? 2 : 1; // beyond the basic plane: a surrogate pair
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return units;
}

void check_message(std::string_view text, std::int64_t maxsize) {
    if (maxsize < 0 || text.size() <= static_cast<std::size_t>(maxsize)) return; // no text has more units than bytes
    auto const units = utf16_length(text);
    if (units <= static_cast<std::size_t>(maxsize)) return;
    throw failure(errc::message_too_long,
                  {.input = "message of " + std::to_string(units) + " UTF-16 units",
                   .mend = "the queue's maxsize is " + std::to_string(maxsize) + "; -1 takes any"});
}

} // namespace parlance
