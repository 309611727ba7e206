#pragma once
/// What /proc/PID/stat says of a process.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace parlance {

struct proc_stat {
    char state; ///< 'R', 'S', 'D', …; 'Z' and 'X' have ended
    pid_t parent;
    pid_t group;
    std::uint64_t start_ticks; ///< since boot, in clock ticks
    bool has_ended() const noexcept { return state == 'Z' || state == 'X'; }
};

/// Reads the one line. The program's name in it may hold blanks and brackets.
std::optional<proc_stat> parse_proc_stat(std::string_view line) noexcept;

/// None where there is no such process.
std::optional<proc_stat> stat_of(pid_t pid);

} // namespace parlance
