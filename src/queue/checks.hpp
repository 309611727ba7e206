#pragma once
/// rsmq's names, ranges and texts. Pure; each function throws the failure that rsmq's caller would get.

#include "queue/settings.hpp"

#include <parlance/queue.hpp>

namespace parlance {

inline constexpr std::size_t longest_queue_name = 160;
inline constexpr std::string_view dead_suffix = "--dead";
inline constexpr std::chrono::seconds longest_duration{9'999'999};

/// errc::missing_queue_name, invalid_queue_name.
void check_queue_name(std::string_view name);

/// errc::invalid_value: `what` ("vt", "delay") is out of range.
void check_duration(std::string_view what, std::chrono::milliseconds value);
/// The same, for what rsmq keeps in whole seconds.
std::chrono::seconds check_seconds(std::string_view what, std::chrono::milliseconds value);

/// The settings that `options` make of `settings` for the queue `name`. Checked in rsmq's order: vt, delay, maxsize.
queue_settings apply(queue_options const& options, queue_settings settings, std::string_view name);
/// Whether any option has a value.
bool has_any(queue_options const& options) noexcept;

/// Where the dead of `name` go. Throws errc::invalid_value where neither is possible: the name is too long for
/// `--dead`.
std::string dead_letter_name(std::string_view name, queue_settings const& settings);
bool has_dead_letter_name(std::string_view name, queue_settings const& settings) noexcept;

/// JavaScript's `length` of a text in UTF-8; a byte that is no UTF-8 counts as the one U+FFFD that it would become.
std::size_t utf16_length(std::string_view text) noexcept;
/// errc::message_too_long.
void check_message(std::string_view text, std::int64_t maxsize);

} // namespace parlance
