#pragma once
/// Is it a message that `v8_decode` would take? Nothing is built.

#include <parlance/js.hpp>

#include <string>
#include <string_view>

namespace parlance::js {

struct v8_check {
    std::string_view fault{}; ///< empty where it has none
    std::size_t at = 0;       ///< the byte of the fault
    /// The message's member `cmd` where that makes it one of Node's own: it begins with "NODE_" and is longer. Also
    /// where a fault came behind it.
    std::string command{};
    bool operator==(v8_check const&) const = default;
};

/// Takes and refuses what `v8_decode` does, but for a name twice in one object, which only that looks for. Strings and
/// bytes are skipped, not read; memory is taken for `command` only (and for forms that Node never writes).
v8_check v8_scan(std::string_view frame, dialect = dialect::channel, limits = {}) noexcept;

} // namespace parlance::js
