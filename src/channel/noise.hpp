#pragma once
/// Lines from a peer that are no messages, on our standard error.

#include <string>
#include <string_view>

namespace parlance {

/// Prints the line; `announce` says first, once, who printed it.
void print_noise(std::string_view name, std::string_view line, bool announce);

/// The beginning of a line, in quotes and without control characters, for an error: `"[info] star…"`.
std::string quoted_start(std::string_view line);

} // namespace parlance
