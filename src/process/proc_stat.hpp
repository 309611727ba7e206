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
    std::uint64_t start_ticks;         ///< since boot, in clock ticks
    std::uint64_t memory_bytes = 0;    ///< of addresses; 0 for a thread of the kernel and for what has ended
    std::uint64_t environment_end = 0; ///< an address; 0 where we may not know
    unsigned flags = 0;                ///< the kernel's PF_ flags
    bool has_ended() const noexcept { return state == 'Z' || state == 'X'; }
    /// It runs no more instructions of its own, and its end is certain: its descriptors are being closed, or are.
    bool is_ending() const noexcept { return has_ended() || (flags & 0x4) != 0; } // PF_EXITING
    /// In the middle of an execve: its new memory has no environment yet, and the old one can be read no more.
    bool is_between_programs() const noexcept { return !has_ended() && memory_bytes != 0 && environment_end == 0; }
};

/// Reads the one line. The program's name in it may hold blanks and brackets.
std::optional<proc_stat> parse_proc_stat(std::string_view line) noexcept;

/// None where there is no such process.
std::optional<proc_stat> stat_of(pid_t pid);

} // namespace parlance
