#pragma once
/// Columns that stand under their headings.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::cli {

/// How many places `text` takes on a terminal: its characters, colors not counted. Wide characters count as one.
std::size_t width(std::string_view text) noexcept;

/// The first `places` places of `text`; where that is not all, its last three are dots.
std::string beginning(std::string_view text, std::size_t places);

/// A table whose columns are as wide as their widest cell. Columns with `right` set end on one line.
struct table {
    std::vector<std::string> headings;
    std::vector<bool> right;
    std::vector<std::vector<std::string>> rows{};

    std::string str() const;
};

/// `text` in lines of at most `columns` places, broken between words; the lines after the first begin with `indent`
/// spaces.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

} // namespace parlance::cli
