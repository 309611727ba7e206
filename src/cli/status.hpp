#pragma once
/// The exit statuses of every command; `parlance help exit-codes` tells them to people.

namespace parlance::cli::status {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 2;
constexpr int nothing = 3; ///< an empty queue, a wait that found nothing
constexpr int timed_out = 124;
constexpr int not_executable = 126;
constexpr int not_found = 127;
constexpr int by_signal = 128; ///< and the signal's number

} // namespace parlance::cli::status
