#include "process/exit_facts.hpp"

#include <csignal>

namespace parlance {
namespace {

/// Whether who sends it wants an end. A program may also end of SIGUSR1, but then by it.
constexpr bool asks_to_end(int signal_number) noexcept {
    return signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGQUIT || signal_number == SIGHUP ||
           signal_number == SIGKILL || signal_number == SIGABRT;
}

} // namespace

void describe(exit_facts const& facts, process_end& end) noexcept {
    bool const exited = facts.how == CLD_EXITED;
    if (exited) end.code = facts.status;
    if (facts.how == CLD_KILLED || facts.how == CLD_DUMPED) end.signal = static_cast<signal>(facts.status);
    end.core_dumped = facts.how == CLD_DUMPED;
    bool const by_ours = facts.sent && (exited ? asks_to_end(*facts.sent) : facts.status == *facts.sent);
    end.overflowed = facts.overflowed;
    if (facts.asked && facts.asked != end_reason::stopped) // known even where its status is not
        end.reason = *facts.asked;
    else if (facts.overflowed && !facts.asked) // it ended before we could end it
        end.reason = end_reason::max_buffer;
    else if (facts.how == 0)
        end.reason = end_reason::status_taken;
    else if (facts.asked || by_ours)
        end.reason = end_reason::stopped;
    else
        end.reason = exited ? end_reason::exited : end_reason::signalled;
}

std::string tail_of(std::string_view text, std::size_t limit_bytes) {
    if (text.size() <= limit_bytes) return std::string(text);
    text.remove_prefix(text.size() - limit_bytes);
    auto const continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    for (int most = 3; most > 0 && !text.empty() && continues(text.front()); --most) text.remove_prefix(1);
    return std::string(text);
}

} // namespace parlance
