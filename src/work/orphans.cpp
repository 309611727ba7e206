#include "work/orphans.hpp"

#include "process/tree.hpp"

#include <parlance/process.hpp>

namespace parlance {

orphans::orphans(bool adopts) : adopts_(adopts), had_children_(!strangers().empty()) {}

bool orphans::one_may_be_of(std::string const& token) {
    bool found = false;
    std::map<stranger, std::string> still_here;
    for (auto const& each : strangers()) {
        auto const known = judged_.find(each);
        auto const whose = known != judged_.end() ? std::optional(known->second) : token_of(each.pid);
        found = found || !whose || *whose == token;
        if (whose) still_here.emplace(each, *whose);
    }
    judged_ = std::move(still_here);
    return found;
}

void orphans::end_those_of(std::string const& token) {
    if (adopts_ && !one_may_be_of(token)) return reap();
    kill_by_token(token);
    if (adopts_) reap();
}

void orphans::end_all(std::string const& prefix) {
    if (adopts_ && strangers().empty()) return;
    kill_by_token_prefix(prefix);
    if (!adopts_ || had_children_) return;
    end_strangers([](pid_t) { return true; });
}

void orphans::reap() const {
    for (auto const& each : strangers()) reap_stranger(each.pid);
}

} // namespace parlance
