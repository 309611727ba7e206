#pragma once
/// What every decoder answers. The rules of each framing, with examples: docs/framings.md.

#include <cstddef>
#include <string_view>

namespace parlance::wire {

enum class cut_state {
    whole,        ///< `message` is one message
    skip,         ///< nothing to hand out (white space, a header line): drop `consumed` and ask again
    need_more,    ///< no whole message in `bytes`: drop `consumed`, read more, ask again
    stray,        ///< `message` is no message; reading goes on behind it
    too_large,    ///< a message over the limit; `lines`, `record_separator` and `length_prefix` go on behind it
    bad,          ///< the framing is broken; there is no going on
    ended_inside, ///< only from `finish`: the input ended in the middle of a message, of which `message` came
};

/// One step of cutting messages from the front of `bytes`. Views look into `bytes`.
///
/// A decoder is called with all bytes that came and were not consumed; the next call's bytes begin `consumed` later.
/// What was looked at is remembered in the decoder's scan state, so that the work is linear in the bytes, however they
/// come.
struct cut {
    cut_state state = cut_state::need_more;
    std::string_view message{}; ///< also of `too_large`: how it began, where the framing can say
    std::size_t consumed = 0;   ///< bytes at the front that are done with, whatever the state
    std::size_t at = 0;         ///< where in `bytes` the message, or the fault, begins
    std::string_view reason{};  ///< of `stray` and `bad`: what is wrong, for people

    bool operator==(cut const&) const = default;
};

} // namespace parlance::wire
