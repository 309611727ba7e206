#include "process/guard.hpp"

#include "process/child_core.hpp"
#include "process/spawn.hpp"

namespace parlance {
namespace {

// Two reads: what it says, and its end. An interrupt of our terminal is none of its business: it has a group of its
// own.
constexpr auto script = "read -r whom || exit; read -r end; kill -s KILL -- \"$whom\"";

} // namespace

void guard::start() {
    shell_.emplace(start_child("/bin/sh", {"-c", script}, {.out = stdio::ignore(), .err = stdio::ignore()}, told::no));
    line_ = child_core::of(*shell_).take(0);
}

void guard::dismiss() noexcept {
    shell_.reset();
    line_.reset();
}

} // namespace parlance
