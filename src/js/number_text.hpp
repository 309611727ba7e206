#pragma once
/// Numbers as JavaScript prints them.

#include <string>

namespace parlance::js {

/// The shortest text that reads back as `n`: "1", "1.5", "1e+21", "5e-324", "NaN", "-Infinity"; "0" for -0.
std::string number_text(double n);

} // namespace parlance::js
