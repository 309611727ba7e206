// libFuzzer: tagged JSON.
#include "js_checks.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    parlance::fuzz::check_tagged_json({reinterpret_cast<char const*>(data), size});
    return 0;
}
