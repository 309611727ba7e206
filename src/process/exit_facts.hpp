#pragma once
/// From what the system says of an end to what we say of it. Pure.

#include <parlance/process.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace parlance {

struct exit_facts {
    int how = 0;                       ///< siginfo's si_code: CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0: another took it
    int status = 0;                    ///< siginfo's si_status: the code or the signal
    std::optional<end_reason> asked{}; ///< a stop plan was begun, for this reason
    std::optional<int> sent{};         ///< the last signal that `child::kill` sent
    std::optional<int> overflowed{};   ///< the first descriptor that had more than may be collected
};

/// Fills in `reason`, `code`, `signal`, `core_dumped` and `overflowed`.
void describe(exit_facts const& facts, process_end& end) noexcept;

/// The last `limit_bytes` of `text`, beginning with a whole UTF-8 character.
std::string tail_of(std::string_view text, std::size_t limit_bytes);

} // namespace parlance
