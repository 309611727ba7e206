#pragma once
/// Is it a regular expression? Node compiles one as it reads it, and an uncaught SyntaxError ends the process. Pure.
///
/// The grammar is ECMAScript 2024's (Pattern, with Annex B where neither `u` nor `v` is set), as V8 of Node 18 and 20
/// has it: what either of them refuses is refused. docs/js.md says what newer ones take beyond that.

#include <cstddef>
#include <optional>
#include <string_view>

namespace parlance::js {

struct pattern_fault {
    std::string_view reason;
    std::size_t at; ///< in 16-bit units of the source
    bool operator==(pattern_fault const&) const = default;
};

/// What is wrong with a source (UTF-8, or WTF-8) under flags that exist; nothing where it is a pattern.
std::optional<pattern_fault> fault_of_pattern(std::string_view source, std::string_view flags);

} // namespace parlance::js
