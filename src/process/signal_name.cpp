#include <parlance/process.hpp>

#include <csignal>
#include <cstring>

namespace parlance {

std::string name_of(signal which) {
    int const number = static_cast<int>(which);
    if (char const* const name = ::sigabbrev_np(number)) return std::string("SIG") + name;
    return "signal " + std::to_string(number);
}

} // namespace parlance
