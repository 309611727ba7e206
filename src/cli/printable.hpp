#pragma once
/// What other people's bytes may do to a terminal: nothing.

#include <string>
#include <string_view>

namespace parlance::cli {

/// `text` with each control character, newlines and tabs excepted, as JSON writes it (`\\u001b`), and U+FFFD for what
/// is no UTF-8: on a terminal it could move the cursor, or type. Pure.
std::string printable(std::string_view text);

} // namespace parlance::cli
