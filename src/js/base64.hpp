#pragma once
/// RFC 4648's base64, with padding.

#include <optional>
#include <string>
#include <string_view>

namespace parlance::js {

void append_base64(std::string& out, std::string_view bytes);
/// None where it is not base64, or has bits behind the end.
std::optional<std::string> from_base64(std::string_view text);

} // namespace parlance::js
