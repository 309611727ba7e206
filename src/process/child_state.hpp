#pragma once
/// What a `child` owns.

#include "process/child_core.hpp"

#include <map>
#include <memory>

namespace parlance {

struct child::state {
    explicit state(std::shared_ptr<child_core> what) : core(std::move(what)) {}
    state(state const&) = delete;
    state& operator=(state const&) = delete;
    ~state();

    std::shared_ptr<child_core> core;
    bool left_alone = false;       ///< not ended with the `child`
    std::map<int, stream> streams; ///< those that were asked for
};

} // namespace parlance
