#include "js/children.hpp"

namespace parlance::js {
namespace {

value const* find_object(value const& v, std::size_t& left) noexcept {
    if (!is_object(v)) return nullptr;
    if (left-- == 0) return &v;
    value const* found = nullptr;
    each_child(v, [&](value const& child) { return (found = find_object(child, left)) == nullptr; });
    return found;
}

} // namespace

value const* resolve(value const& root, reference to) noexcept {
    auto left = to.object;
    return find_object(root, left);
}

void shift_references(value& v, std::ptrdiff_t by) {
    if (auto* r = v.get_if<reference>()) r->object += static_cast<std::size_t>(by);
    each_child(v, [&](value const& child) { // a child of what may be changed
        shift_references(const_cast<value&>(child), by);
        return true;
    });
}

} // namespace parlance::js
