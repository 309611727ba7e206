#pragma once
/// Which process was meant: a number alone comes to mean another process, another boot, another container.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace parlance {

struct process_identity {
    pid_t pid = -1;
    std::uint64_t start_ticks = 0;   ///< when it began, in clock ticks since boot
    std::string boot_id;             ///< of the running system
    std::uint64_t pid_namespace = 0; ///< in which the number is valid
    bool operator==(process_identity const&) const = default;
};

/// The identity of a process that runs now, as seen from here; none where there is none of that number.
std::optional<process_identity> identity_of(pid_t pid);
process_identity own_identity();

enum class life {
    alive,
    gone,   ///< it has ended; its number may be another's
    unknown ///< of another boot or pid namespace: nothing can be said from here
};

/// A zombie is gone.
life life_of(process_identity const&);
inline bool is_alive(process_identity const& who) { return life_of(who) == life::alive; }

/// 128 random bits in hexadecimal, for PARLANCE_WORKER. Not the same twice, not after a fork either.
std::string random_token();

} // namespace parlance
