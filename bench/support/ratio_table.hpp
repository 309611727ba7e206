#pragma once
// What every benchmark prints: parlance beside a rival, the ratio, the target, and whether it is reached.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace bench {

inline double median(std::vector<double> samples) {
    if (samples.empty()) return 0;
    auto const middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::nth_element(samples.begin(), middle, samples.end());
    return *middle;
}

/// Rows of times: less is better, and `target` is the largest ratio ours/theirs that is good. 0: no target.
class ratio_table {
public:
    explicit ratio_table(char const* title) {
        std::printf("\n%s\n%-44s %12s %12s %8s %8s\n", title, "", "parlance us", "rival us", "ratio", "target");
    }
    void row(std::string const& what, double ours_us, double theirs_us, double target) const {
        if (theirs_us <= 0) {
            std::printf("%-44s %12.1f %12s\n", what.c_str(), ours_us, "not here");
            return;
        }
        double const ratio = ours_us / theirs_us;
        std::printf("%-44s %12.1f %12.1f %8.4f", what.c_str(), ours_us, theirs_us, ratio);
        if (target > 0) std::printf(" %8.4g %s", target, ratio <= target ? "reached" : "MISSED");
        std::printf("\n");
    }
};

/// Rows of rates: more is better, and `target` is the smallest ratio ours/theirs that is good. 0: no target.
class rate_table {
public:
    explicit rate_table(char const* title) {
        std::printf("\n%s\n%-44s %12s %12s %8s %8s\n", title, "", "parlance /s", "rival /s", "ratio", "target");
    }
    void row(std::string const& what, double ours, double theirs, double target) const {
        if (theirs <= 0) {
            std::printf("%-44s %12.0f %12s\n", what.c_str(), ours, "not here");
            return;
        }
        double const ratio = ours / theirs;
        std::printf("%-44s %12.0f %12.0f %8.2f", what.c_str(), ours, theirs, ratio);
        if (target > 0) std::printf(" %8.4g %s", target, ratio >= target ? "reached" : "MISSED");
        std::printf("\n");
    }
};

} // namespace bench
