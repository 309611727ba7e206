#pragma once
/// What `fork` gives to Node.

#include <string_view>

namespace parlance {

/// Its name ends in .js, .mjs or .cjs.
constexpr bool is_node_script(std::string_view program) noexcept {
    for (std::string_view const suffix : {".js", ".mjs", ".cjs"})
        if (program.size() > suffix.size() && program.ends_with(suffix)) return true;
    return false;
}

} // namespace parlance
