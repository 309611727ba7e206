#include "cli/table.hpp"

#include <algorithm>

namespace parlance::cli {
namespace {

constexpr std::string_view gap = "  ";

void add_row(std::string& text, std::vector<std::string> const& cells, std::vector<std::size_t> const& widths,
             std::vector<bool> const& right) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i != 0) line += gap;
        std::string const space(widths[i] - width(cells[i]), ' ');
        line += right[i] ? space + cells[i] : cells[i] + space;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
}

} // namespace

std::size_t width(std::string_view text) noexcept {
    std::size_t places = 0;
    bool in_color = false;
    for (auto const c : text) {
        if (c == '\x1b') in_color = true;
        if (!in_color && (static_cast<unsigned char>(c) & 0xC0) != 0x80) ++places;
        if (c == 'm') in_color = false;
    }
    return places;
}

std::string beginning(std::string_view text, std::size_t places) {
    if (width(text) <= places) return std::string(text);
    std::size_t end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end)
        if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && ++seen > places - 3) break;
    return std::string(text.substr(0, end)) + "...";
}

std::string table::str() const {
    std::vector<std::size_t> widths;
    widths.reserve(headings.size());
    for (auto const& heading : headings) widths.push_back(width(heading));
    for (auto const& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    std::string text;
    add_row(text, headings, widths, right);
    for (auto const& row : rows) add_row(text, row, widths, right);
    return text;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
    std::string lines;
    std::size_t at = indent;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        auto const word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (at > indent && at + 1 + width(word) > columns) {
            lines += "\n" + std::string(indent, ' ');
            at = indent;
        }
        if (at > indent) lines += ' ', ++at;
        lines += word;
        at += width(word);
    }
    return lines;
}

} // namespace parlance::cli
