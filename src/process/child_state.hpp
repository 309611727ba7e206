#pragma once
/// What a `child` owns.

#include "process/child_core.hpp"

#include <map>
#include <memory>
#include <optional>

namespace parlance {

struct child::state {
    explicit state(std::shared_ptr<child_core> what) : core(std::move(what)) {}
    state(state const&) = delete;
    state& operator=(state const&) = delete;
    ~state();

    std::shared_ptr<child_core> core;
    bool left_alone = false;         ///< not ended with the `child`
    std::map<int, stream> streams;   ///< those that were asked for
    std::optional<ipc_channel> talk; ///< once it was asked for, or read by `wait`
    bool talk_is_dropped = false;    ///< `wait` reads it, for nobody had asked

    ipc_channel& open_channel();
    /// Before a wait: what nobody asked for is read and dropped.
    void let_go_of_channel();
};

} // namespace parlance
