#pragma once
/// What Unicode says of names, as Node 18 and 20 both have it. Its tests ask the Node at hand.

#include <span>
#include <string_view>

namespace parlance::js {

struct character_range {
    char32_t first, last;
};
std::span<character_range const> name_starts() noexcept; ///< ID_Start from U+0080 on
std::span<character_range const> name_parts() noexcept;  ///< what ID_Continue has besides
/// May the name of a group begin with it, or go on with it?
bool is_name_start(char32_t c) noexcept;
bool is_name_part(char32_t c) noexcept;

/// Each sorted.
std::span<std::string_view const> binary_properties() noexcept;
std::span<std::string_view const> categories() noexcept;
std::span<std::string_view const> scripts() noexcept;
std::span<std::string_view const> properties_of_strings() noexcept;

enum class property_kind {
    none,
    of_characters,
    of_strings, ///< "RGI_Emoji": with the flag v only, and never negated
};
/// `\p{name}`: a binary property or a General_Category.
property_kind kind_of_property(std::string_view name) noexcept;
/// `\p{name=value}`: General_Category, Script or Script_Extensions, or its short name.
bool is_property_value(std::string_view name, std::string_view value) noexcept;

} // namespace parlance::js
