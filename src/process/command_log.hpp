#pragma once
/// Who hears of every command (`on_every_command`, PARLANCE_LOG).

#include <parlance/process.hpp>

namespace parlance {

/// Spares making an event that nobody hears.
bool commands_are_heard() noexcept;
/// What a hearer throws is dropped: a log is no reason for a command to fail.
void tell_command(command_event const&) noexcept;

/// "12:05:01.123 parlance: started 4711: node child.js", without a newline. Pure.
std::string log_line(command_event const& event, std::string_view time_of_day);

} // namespace parlance
