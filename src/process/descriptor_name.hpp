#pragma once
/// What people call a descriptor.

#include <string>

namespace parlance {

/// "standard input", …; "descriptor 3".
inline std::string name_of_descriptor(int number) {
    switch (number) {
    case 0: return "standard input";
    case 1: return "standard output";
    case 2: return "standard error";
    default: return "descriptor " + std::to_string(number);
    }
}

} // namespace parlance
