#include "process/child_pipe.hpp"
#include "process/child_state.hpp"
#include "stream/descriptor.hpp"

#include <fcntl.h>

namespace parlance {
namespace {

// A default pipe holds 64 KiB and is the slowest carrier of large messages.
void widen(unique_fd const& pipe) noexcept {
    if (pipe) ::fcntl(pipe.get(), F_SETPIPE_SZ, pipe_widener::busy_bytes); // refused: it stays as it is
}

} // namespace

parlance::channel child::messages_at(int number, framing frames, channel_options options) {
    auto const name = "descriptor " + std::to_string(number) + " of " + command();
    if (options.name == channel_options{}.name) options.name = name;
    auto bytes = std::move(at(number));
    if (!bytes.is_open())
        throw failure(errc::invalid_argument, {.input = name,
                                               .reason = "is no pipe, or was taken before",
                                               .mend = "make it `stdio::pipe()` in `more`, and ask for it once"});
    return {std::move(bytes), frames, options};
}

parlance::channel child::messages(framing frames, channel_options options) {
    auto& core = state_->core;
    if (state_->streams.contains(0) || state_->streams.contains(1))
        throw failure(errc::invalid_argument, {.input = command(),
                                               .reason = "its standard input or output was taken before",
                                               .mend = "call `messages` once, and `in` and `out` not at all"});
    core->check_is_free(0);
    core->check_is_free(1);
    state_->streams.try_emplace(0);
    state_->streams.try_emplace(1);
    auto readable = core->take(1);
    auto writable = core->take(0);
    widen(readable);
    widen(writable);
    auto const name = "stdout of " + command();
    if (options.name == channel_options{}.name) options.name = name;
    return {stream(std::make_unique<child_pipe>(core, std::move(readable), std::move(writable))), frames, options};
}

} // namespace parlance
