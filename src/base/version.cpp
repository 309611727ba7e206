#include <parlance/version.hpp>

namespace parlance {

char const* version() noexcept { return PARLANCE_VERSION; }

} // namespace parlance
