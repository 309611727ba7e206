#pragma once
// Messages a second: parlance beside a rival; more is better.

#include "ratio_table.hpp"

namespace bench {

/// `target` is the smallest ratio ours/theirs that is good.
class rate_table {
public:
    explicit rate_table(char const* title) {
        std::printf("\n%s\n%-52s %12s %12s %8s %8s\n", title, "", "parlance/s", "rival/s", "ratio", "target");
    }
    void row(std::string const& what, double ours, double theirs, double target) const {
        double const ratio = ours / theirs;
        std::printf("%-52s %12.0f %12.0f %8.2f %8.4g %s\n", what.c_str(), ours, theirs, ratio, target,
                    ratio >= target ? "reached" : "MISSED");
    }
};

} // namespace bench
