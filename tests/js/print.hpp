#pragma once
/// How failed expectations show values: as tagged JSON.

#include <parlance/js.hpp>

#include <exception>
#include <ostream>

namespace parlance::js {

inline void PrintTo(value const& v, std::ostream* out) { // NOLINT(readability-identifier-naming): gtest's name
    try {
        *out << to_tagged_json(v);
    } catch (std::exception const& fault) {
        *out << v.what() << ", which cannot be printed: " << fault.what();
    }
}

} // namespace parlance::js
