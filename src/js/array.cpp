#include "js/array_index.hpp"

#include <parlance/js.hpp>

#include <algorithm>
#include <charconv>

namespace parlance::js {

array::array() noexcept = default;
array::array(std::initializer_list<value> list) : items(list) {}
array::array(std::vector<value> list) : items(std::move(list)) {}
array::array(array const&) = default;
array::array(array&&) noexcept = default;
array& array::operator=(array const&) = default;
array& array::operator=(array&&) noexcept = default;
array::~array() = default;

std::uint32_t array::length() const noexcept {
    auto longest = std::max(length_, static_cast<std::uint32_t>(items.size()));
    for (auto const& [name, item] : properties) { // indexes come first
        auto const index = parse_array_index(name);
        if (!index) break;
        longest = std::max(longest, *index + 1);
    }
    return longest;
}

void array::set_length(std::uint32_t n) noexcept { length_ = n; }

value const* array::find(std::uint32_t index) const noexcept {
    if (index < items.size()) return items[index].is<hole_t>() ? nullptr : &items[index];
    if (properties.empty()) return nullptr;
    char digits[10];
    auto const end = std::to_chars(std::begin(digits), std::end(digits), index).ptr;
    return properties.find({digits, end});
}

bool array::operator==(array const& other) const {
    if (length() != other.length()) return false;
    if (items.size() == other.items.size()) return items == other.items && properties == other.properties;
    auto const all_in = [](array const& these, array const& those) {
        for (std::size_t i = 0; i < these.items.size(); ++i) {
            if (these.items[i].is<hole_t>()) continue;
            auto const* found = those.find(static_cast<std::uint32_t>(i));
            if (!found || !(*found == these.items[i])) return false;
        }
        return std::ranges::all_of(these.properties, [&](object::member const& m) {
            auto const index = parse_array_index(m.first);
            auto const* found = index ? those.find(*index) : those.properties.find(m.first);
            return found && *found == m.second;
        });
    };
    return all_in(*this, other) && all_in(other, *this);
}

} // namespace parlance::js
