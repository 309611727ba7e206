#pragma once

namespace parlance {

/// The upper end of this thread's memory for the child of `launch`: mapped once, with a guard page below it, so that a
/// spawn need not. Throws std::bad_alloc.
void* launch_stack_top();

} // namespace parlance
