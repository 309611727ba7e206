#include <parlance/js.hpp>

#include <parlance/error.hpp>

#include <algorithm>
#include <array>

namespace parlance::js {
namespace {

struct kind {
    std::string_view name;
    std::size_t element_bytes;
};
/// In the order of `view`.
constexpr std::array<kind, 14> kinds{{{"Int8Array", 1},
                                      {"Uint8Array", 1},
                                      {"Uint8ClampedArray", 1},
                                      {"Int16Array", 2},
                                      {"Uint16Array", 2},
                                      {"Int32Array", 4},
                                      {"Uint32Array", 4},
                                      {"Float32Array", 4},
                                      {"Float64Array", 8},
                                      {"DataView", 1},
                                      {"Buffer", 1},
                                      {"BigInt64Array", 8},
                                      {"BigUint64Array", 8},
                                      {"ArrayBuffer", 1}}};

} // namespace

std::string_view name_of(view v) noexcept { return kinds[static_cast<std::size_t>(v)].name; }

std::optional<view> parse_view(std::string_view name) noexcept {
    auto const found = std::ranges::find(kinds, name, &kind::name);
    if (found == kinds.end()) return std::nullopt;
    return static_cast<view>(found - kinds.begin());
}

std::size_t element_bytes(view v) noexcept { return kinds[static_cast<std::size_t>(v)].element_bytes; }

void bytes::check_elements(view wanted) const {
    auto const fits = what == wanted || (wanted == view::uint8 && element_bytes(what) == 1 && what != view::int8);
    if (!fits)
        throw failure(errc::invalid_argument, {.reason = "the elements are those of " + std::string(name_of(what)) +
                                                         ", not of " + std::string(name_of(wanted))});
    if (data.size() % element_bytes(what) != 0)
        throw failure(errc::invalid_argument,
                      {.reason = std::string(name_of(what)) + " of " + std::to_string(data.size()) +
                                 " bytes, which is no whole number of elements"});
}

} // namespace parlance::js
