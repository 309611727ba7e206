#pragma once

namespace parlance {

/// "0.1.0"
char const* version() noexcept;

} // namespace parlance
