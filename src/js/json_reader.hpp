#pragma once
/// JSON text as our values: as JSON.parse, lone surrogates (`"\ud800"`) included.

#include <parlance/js.hpp>

#include <string_view>

namespace parlance::js {

struct json_reading {
    value read;
    /// Every object has names like array indexes first, ascending: our order is that of the text.
    bool in_order = true;
};

/// Throws failure: errc::not_json, with line and column.
json_reading read_json(std::string_view text);

} // namespace parlance::js
