// libFuzzer: framing::delimited, cut anywhere.
#include "cuts.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    parlance::fuzz::check_cuts(parlance::framing::delimited, {reinterpret_cast<char const*>(data), size});
    return 0;
}
