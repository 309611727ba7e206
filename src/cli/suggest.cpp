#include "cli/suggest.hpp"

#include <algorithm>
#include <vector>

namespace parlance::cli {

std::size_t distance(std::string_view from, std::string_view to) {
    // Three rows of the table are enough: a swap looks back two.
    std::vector<std::size_t> before(to.size() + 1), above(to.size() + 1), row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before.swap(above), above.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (from[i - 1] != to[j - 1])});
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[to.size()];
}

std::string nearest(std::string_view typed, std::span<std::string const> names) {
    std::string best;
    auto best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1; // a third of the letters may be wrong
    for (auto const& name : names) {
        auto away = distance(typed, name);
        // what was typed so far may be the beginning of it: --comp for --compact
        if (typed.size() >= 3 && name.starts_with(typed)) away = std::min<std::size_t>(away, 1);
        if (away >= best_distance) continue;
        best = name, best_distance = away;
    }
    return best;
}

} // namespace parlance::cli
