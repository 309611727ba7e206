#pragma once
/// The writer of V8's format, for who has a buffer.

#include <parlance/js.hpp>

#include <string>

namespace parlance::js {

/// Appends what `v8_encode` gives. Where it throws, `out` holds a part of it.
void v8_append(std::string& out, value const&, dialect);

/// Does it hold a RegExp or an Error? Of those more is read than `v8_encode` writes, and Node takes no more than that.
bool holds_what_is_looked_into(value const&);

} // namespace parlance::js
