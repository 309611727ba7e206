// libFuzzer: node-ipc's frames, taken apart without building values, against a parser that builds them.
#include "socket/frame.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace parlance;

void check(bool holds) {
    if (!holds) std::abort();
}

boost::json::value parsed(std::string_view text, boost::json::error_code& fault) {
    boost::json::parse_options how;
    how.max_depth = 1000;
    return boost::json::parse(text, fault, {}, how);
}

/// Boost.JSON refuses halves of surrogate pairs and, here, what is nested deeper: what it does not read is not
/// compared.
void compare(std::string_view text, opened_frame const& opened) {
    boost::json::error_code fault;
    auto const value = parsed(text, fault);
    if (fault) return;
    if (value.is_null()) return check(opened.state == frame_state::null);
    check(opened.state == frame_state::message);
    auto const* const members = value.if_object();
    if (!members) return check(opened.type.size == 0 && opened.data.size == 0);
    auto const* const data = members->if_contains("data");
    check((opened.data.size > 0) == (data != nullptr));
    if (data) {
        boost::json::error_code wrong;
        auto const same = parsed(opened.data.of(text), wrong);
        check(!wrong && boost::json::serialize(same) == boost::json::serialize(*data)); // 0e9999 is read as NaN
    }
    auto const* const type = members->if_contains("type");
    if (!type || type->is_structured()) return check(opened.type.size == 0);
    auto const spelled = opened.type.of(text);
    if (!type->is_string()) return check(spelled.find_first_of("\" {[") == spelled.npos && !spelled.empty());
    auto const name = opened.type_is_escaped ? wire::unescaped(spelled) : std::string(spelled);
    check(name == std::string_view(type->as_string()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const text(reinterpret_cast<char const*>(data), size); // exactly so long, so that no read may go beyond
    auto const opened = open_frame(text);
    check(opened.type.begin + opened.type.size <= size && opened.data.begin + opened.data.size <= size);
    if (opened.state != frame_state::not_json) compare(text, opened);
    auto const half = text.substr(0, size / 2);
    if (!why_no_type(half).empty()) return 0;
    auto const made = make_frame(half, R"([1,{"id":2}])");
    auto const again = open_frame(made);
    boost::json::error_code fault;
    static_cast<void>(parsed(made, fault)); // where the type is not UTF-8 the frame is none either
    if (fault) return 0;
    check(again.state == frame_state::message && again.data.of(made) == R"([1,{"id":2}])");
    check((again.type_is_escaped ? wire::unescaped(again.type.of(made)) : std::string(again.type.of(made))) == half);
    return 0;
}
