// libFuzzer: check_json against Boost.JSON. What Boost takes is valid; what only we take has half a surrogate pair, or
// a number that is too large for Boost.
#include "cuts.hpp"

#include <boost/json/parse.hpp>

#include <cstring>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::unique_ptr<char[]> const exact(new char[size]); // so that a read behind the end is seen
    if (size != 0) std::memcpy(exact.get(), data, size);
    std::string_view const text(exact.get(), size);
    boost::json::parse_options options;
    options.max_depth = parlance::wire::depth_limit;
    boost::json::error_code error;
    boost::json::parse(text, error, {}, options);
    auto const check = parlance::wire::check_json(text);
    auto const valid = check.state == parlance::wire::json_state::valid;
    parlance::fuzz::require(check.at <= size);
    if (!error)
        parlance::fuzz::require(valid);
    else if (valid)
        parlance::fuzz::require(text.find("\\u") != text.npos || error == boost::json::error::exponent_overflow ||
                                error == boost::json::error::too_deep);
    return 0;
}
