#pragma once
/// How descriptors get to the numbers that a child is to see, without one overwriting another on the way. Pure.

#include <span>
#include <vector>

namespace parlance {

/// One step in the child, in the order of the plan.
struct fd_step {
    enum class kind {
        lift,  ///< duplicate `source` above all targets: it lies where another goes first; `place` then takes the copy
        place, ///< duplicate `source`, or what was lifted for this target, to `target`
        keep,  ///< it is there already: only let it survive execve
    };
    kind what;
    int source; ///< -1 in `place`: what was lifted for this target
    int target;
    bool operator==(fd_step const&) const = default;
};

/// The steps that bring `sources[n]` to number n for each n. A source may occur more than once, and may lie anywhere.
inline std::vector<fd_step> plan_descriptors(std::span<int const> sources) {
    std::vector<fd_step> plan;
    plan.reserve(sources.size());
    auto overwritten_before = [&](int source, int target) {
        return source < target && sources[static_cast<std::size_t>(source)] != source;
    };
    auto const count = static_cast<int>(sources.size());
    for (int target = 0; target < count; ++target) {
        int const source = sources[static_cast<std::size_t>(target)];
        if (overwritten_before(source, target)) plan.push_back({fd_step::kind::lift, source, target});
    }
    for (int target = 0; target < count; ++target) {
        int const source = sources[static_cast<std::size_t>(target)];
        if (source == target)
            plan.push_back({fd_step::kind::keep, source, target});
        else
            plan.push_back({fd_step::kind::place, overwritten_before(source, target) ? -1 : source, target});
    }
    return plan;
}

} // namespace parlance
