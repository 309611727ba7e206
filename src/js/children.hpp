#pragma once
/// The values in a value, in the order in which they are read and written.

#include <parlance/js.hpp>

namespace parlance::js {

/// Calls `see(child)` for each until it says false. What a boxed primitive holds is no child.
template <class See> void each_child(value const& v, See see) {
    auto const members = [&](object const& o) {
        for (auto const& [name, child] : o)
            if (!see(child)) return false;
        return true;
    };
    if (auto const* o = v.get_if<object>()) {
        members(*o);
    } else if (auto const* a = v.get_if<array>()) {
        for (auto const& child : a->items)
            if (!see(child)) return;
        members(a->properties);
    } else if (auto const* m = v.get_if<map>()) {
        for (auto const& [key, child] : m->entries)
            if (!see(key) || !see(child)) return;
    } else if (auto const* s = v.get_if<set>()) {
        for (auto const& child : s->items)
            if (!see(child)) return;
    } else if (auto const* e = v.get_if<error>()) {
        if (e->cause) see(*e->cause);
    }
}

/// Does it count among those that a `reference` can mean?
inline bool is_object(value const& v) noexcept { return !v.is_primitive() && !v.is<reference>() && !v.is<hole_t>(); }

} // namespace parlance::js
