#include <parlance/framing.hpp>

#include <array>
#include <utility>

namespace parlance {
namespace {

constexpr std::array framings{std::pair{framing::lines, std::string_view("lines")},
                              std::pair{framing::concatenated, std::string_view("concatenated")},
                              std::pair{framing::content_length, std::string_view("content-length")},
                              std::pair{framing::record_separator, std::string_view("record-separator")},
                              std::pair{framing::length_prefix, std::string_view("length-prefix")},
                              std::pair{framing::delimited, std::string_view("delimited")},
                              std::pair{framing::chunks, std::string_view("chunks")}};

constexpr std::array noises{std::pair{noise::to_stderr, std::string_view("stderr")},
                            std::pair{noise::skip, std::string_view("skip")},
                            std::pair{noise::error, std::string_view("error")}};

template <class Names>
auto find_name(Names const& names, std::string_view wanted) noexcept -> std::optional<decltype(names[0].first)> {
    for (auto const& [value, name] : names)
        if (name == wanted) return value;
    return {};
}

} // namespace

std::string_view name_of(framing which) noexcept {
    for (auto const& [value, name] : framings)
        if (value == which) return name;
    return "unknown framing";
}

std::optional<framing> parse_framing(std::string_view name) noexcept { return find_name(framings, name); }

std::optional<noise> parse_noise(std::string_view name) noexcept { return find_name(noises, name); }

} // namespace parlance
