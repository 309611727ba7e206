#pragma once
/// The values of options, and what is said of those that make no sense.
///
/// A queue's values are judged as rsmq judges them: errc::invalid_value with its text, exit 1. Those of other commands
/// are wrong usage, exit 2.

#include <parlance/framing.hpp>
#include <parlance/ipc.hpp>
#include <parlance/queue.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::cli {

using text_option = std::optional<std::string>;
using milliseconds = std::chrono::milliseconds;

// Of queues.

/// "vt must be between 0 and 9999999": `name` is rsmq's. `whole_seconds` refuses fractions.
milliseconds queue_seconds(std::string_view name, std::string const& text, bool whole_seconds);
std::optional<milliseconds> queue_seconds_if(std::string_view name, text_option const& text, bool whole_seconds);
/// How long to wait: any duration. None where no option was given.
std::optional<milliseconds> queue_duration(std::string_view name, text_option const& text);
/// A whole number from `least` to `most`.
std::uint64_t queue_number(std::string_view name, std::string const& text, std::uint64_t least, std::uint64_t most);
/// UTF-16 units: 1024 to 65536, or `unlimited` (-1).
std::int64_t queue_maxsize(std::string const& text);
/// `1s..5m`, or `10s` for always the same.
parlance::backoff queue_backoff(std::string const& text);

// Of everything else.

milliseconds duration_value(std::string_view option, std::string const& text);
std::uint64_t size_value(std::string_view option, std::string const& text);
parlance::framing framing_value(std::string const& name);
parlance::noise noise_value(std::string const& name);
parlance::serialization serialization_value(std::string const& name);

/// "1 message", "2 messages"
std::string counted(std::uint64_t count, std::string_view noun);

} // namespace parlance::cli
