#include "process/child_pipe.hpp"
#include "process/child_state.hpp"

#include "ipc/ipc_core.hpp"

namespace parlance {

ipc_channel& child::state::open_channel() {
    if (!talk) {
        auto socket = core->take_channel();
        auto const name = "the IPC channel of " + core->command();
        auto options = core->channel_limits();
        options.name = name;
        talk.emplace(stream(std::make_unique<child_pipe>(core, std::move(socket))), core->channel_mode(), options);
        core->talks_by(talk->core_);
    }
    return *talk;
}

void child::state::let_go_of_channel() {
    if (!core->has_channel() || talk) return;
    talk_is_dropped = true;
    open_channel().core_->nobody_receives();
}

ipc_channel& child::channel() {
    auto const refuse = [this](char const* reason, char const* mend) {
        throw failure(errc::invalid_argument, {.input = command(), .reason = reason, .mend = mend});
    };
    if (!state_->core->has_channel()) refuse("has no IPC channel", "start it with `fork`, or give it a `stdio::ipc()`");
    if (state_->talk_is_dropped) refuse("its IPC channel is read here since `wait`", "ask for it before that");
    return state_->open_channel();
}

} // namespace parlance
