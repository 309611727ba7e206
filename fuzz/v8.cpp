// libFuzzer: V8's structured clone, read and written. The first byte says which dialect.
#include "js_checks.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using parlance::js::dialect;
    if (size == 0) return 0;
    std::string_view const frame(reinterpret_cast<char const*>(data) + 1, size - 1);
    parlance::fuzz::check_v8(frame, data[0] % 2 == 0 ? dialect::channel : dialect::v8);
    return 0;
}
