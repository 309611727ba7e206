#pragma once
/// Strings as JSON.stringify writes them.

#include <string>
#include <string_view>

namespace parlance::js {

/// With its quotes; half a surrogate pair as an escape: "\ud800". False, with a part of it appended, where `text` is
/// not UTF-8.
bool append_json_string(std::string& out, std::string_view text);

} // namespace parlance::js
