#pragma once
/// One process of a pool, from its start to the end of its whole tree.

#include "base/condition.hpp"
#include "process/output.hpp"

#include <parlance/pool.hpp>

#include <memory>
#include <optional>
#include <string>

namespace parlance {

class pool_core;

/// Shared by its place, by the coroutines that read what it prints, and by who has it in hand.
struct pool_process {
    pool_process(asio::any_io_executor executor, unsigned at, std::string known_by)
        : place(at), name("worker " + std::to_string(at)), token(std::move(known_by)), changed(executor) {}

    unsigned const place;
    std::string const name, token;
    std::optional<child> process; ///< none once the pool was dropped
    std::optional<channel> talk;  ///< none where the pool's processes do not talk
    pid_t pid = -1;
    tail_buffer err_tail;
    int outputs = 0; ///< that are still read

    bool ready = false;     ///< may be lent out
    bool proven = false;    ///< its start is counted as a good one
    bool lent = false;      ///< somebody has it
    bool checking = false;  ///< `pool_hooks::healthy` has it
    bool condemned = false; ///< it is lent out no more
    bool over = false;      ///< its conversation is at its end, and so it is, perhaps, in a moment
    bool hopeless = false;  ///< spoilt or ill: no time is lost with asking it to end
    bool ill = false;
    bool asked = false; ///< to end, by us
    bool gone = false;  ///< it has ended; what it printed may still be read
    std::optional<process_end> end;

    std::chrono::steady_clock::time_point began{}, idle_since{}, checked{};
    std::uint64_t uses = 0;
    condition changed; ///< `outputs` or `end`

    bool spoke() const noexcept { return talk && talk->statistics().messages_in > 0; }
    bool idle() const noexcept { return ready && !lent && !checking && !condemned && !gone; }
};

} // namespace parlance
