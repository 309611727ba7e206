#include "channel/noise.hpp"

#include <cstdio>

namespace parlance {

void print_noise(std::string_view name, std::string_view line, bool announce) {
    std::string text;
    if (announce) text.append("parlance: ").append(name).append(" has lines that are no messages:\n");
    text.append(line).push_back('\n');
    std::fwrite(text.data(), 1, text.size(), stderr); // in one piece, so that lines of several peers do not mix
}

std::string quoted_start(std::string_view line) {
    constexpr std::size_t most = 60;
    auto shown = line.substr(0, most);
    while (shown.size() < line.size() && !shown.empty() && (line[shown.size()] & 0xC0) == 0x80)
        shown.remove_suffix(1); // not in the middle of a character
    std::string text = "\"";
    for (char const c : shown) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return text + (shown.size() < line.size() ? "…\"" : "\"");
}

} // namespace parlance
