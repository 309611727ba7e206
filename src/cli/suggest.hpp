#pragma once
/// The nearest of some names to one that was mistyped.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace parlance::cli {

/// How many letters must be added, left out, changed, or swapped with their neighbour.
std::size_t distance(std::string_view from, std::string_view to);

/// The name that was probably meant; empty where none is near enough to be worth a word.
std::string nearest(std::string_view typed, std::span<std::string const> names);

} // namespace parlance::cli
