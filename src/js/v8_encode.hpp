#pragma once
/// The writer of V8's format, for who has a buffer.

#include <parlance/js.hpp>

#include <string>

namespace parlance::js {

/// Appends what `v8_encode` gives. Where it throws, `out` holds a part of it.
void v8_append(std::string& out, value const&, dialect);

} // namespace parlance::js
