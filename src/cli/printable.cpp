#include "cli/printable.hpp"

#include "cli/json_line.hpp"

#include <cstdio>

namespace parlance::cli {
namespace {

std::string escaped(unsigned code) {
    char text[8];
    std::snprintf(text, sizeof text, "\\u%04x", code);
    return text;
}

} // namespace

std::string printable(std::string_view text) {
    auto const valid = valid_utf8(text);
    std::string shown;
    shown.reserve(valid.size());
    for (std::size_t at = 0; at < valid.size(); ++at) {
        auto const c = static_cast<unsigned char>(valid[at]);
        auto const next = at + 1 < valid.size() ? static_cast<unsigned char>(valid[at + 1]) : 0U;
        if (c == 0xC2 && next < 0xA0) // U+0080 to U+009F: the other control characters
            shown += escaped(next), ++at;
        else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            shown += escaped(c);
        else
            shown += valid[at];
    }
    return shown;
}

} // namespace parlance::cli
