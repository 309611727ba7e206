#pragma once
/// Patterns, judged by the real V8.

#include "js/pattern.hpp"
#include "node.hpp"

#include <parlance/js.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace parlance::js {

/// Empty where it is a pattern.
inline std::string_view fault_in(std::string_view source, std::string_view flags) {
    auto const fault = fault_of_pattern(source, flags);
    return fault ? fault->reason : "";
}

struct question {
    std::string source, flags;
};

struct verdicts {
    int version;
    std::string each; ///< '1', '0', '-'
};

inline verdicts asked(std::vector<question> const& all) {
    std::string lines;
    for (auto const& [source, flags] : all) lines += to_tagged_json(js::array{source, flags}) + '\n';
    std::istringstream answer(printed_by_node("js_patterns.js", "", lines));
    verdicts got{};
    answer >> got.version >> got.each;
    return got;
}

/// We may never take what Node refuses. Newer ones than those that we know take more than we do.
inline void expect_the_same(std::vector<question> const& all) {
    auto const [version, said] = asked(all);
    ASSERT_EQ(said.size(), all.size());
    int faults = 0;
    for (std::size_t i = 0; i < all.size() && faults < 20; ++i) {
        auto const fault = fault_of_pattern(all[i].source, all[i].flags);
        if (said[i] == '-' || fault.has_value() == (said[i] == '0') || (said[i] == '1' && version > 20)) continue;
        ++faults;
        ADD_FAILURE() << '/' << all[i].source << '/' << all[i].flags << ": Node says " << said[i] << ", we say \""
                      << (fault ? fault->reason : "a pattern") << '"';
    }
}

} // namespace parlance::js
