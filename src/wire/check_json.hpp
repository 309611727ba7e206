#pragma once
/// Is it JSON? One pass, nothing built: RFC 8259 to the letter, UTF-8 included.

#include <cstddef>
#include <string_view>

namespace parlance::wire {

/// Nesting deeper than this is refused, here and by `parse_json`.
inline constexpr unsigned depth_limit = 1000;

enum class json_state {
    valid,     ///< one value, with white space around it
    cut_short, ///< the text ends where JSON could go on
    invalid,   ///< no continuation could make it JSON
};

struct json_check {
    json_state state = json_state::valid;
    std::size_t at = 0;          ///< the byte that cannot stand there; the size when cut short
    std::string_view expected{}; ///< what may stand there: "a value", "',' or '}'", …
    bool operator==(json_check const&) const = default;
};

/// Checks the whole text. A lone surrogate written as `\ud800` is valid, as RFC 8259 has it.
/// `spare` bytes behind the text may be read (not interpreted), which makes short texts cheaper.
json_check check_json(std::string_view text, std::size_t spare = 0) noexcept;

/// The same question without the details.
inline bool is_json(std::string_view text, std::size_t spare = 0) noexcept {
    return check_json(text, spare).state == json_state::valid;
}

} // namespace parlance::wire
