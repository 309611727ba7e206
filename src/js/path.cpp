#include "js/path.hpp"

#include <algorithm>
#include <vector>

namespace parlance::js {
namespace {

bool is_identifier(std::string_view name) noexcept {
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; };
    auto const fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && letter(name[0]) && std::ranges::all_of(name, fits);
}

} // namespace

std::string path::text() const {
    std::vector<path const*> steps;
    for (auto const* step = this; step->up_ != nullptr; step = step->up_) steps.push_back(step);
    std::string out = "$";
    for (auto at = steps.rbegin(); at != steps.rend(); ++at) {
        auto const& step = **at;
        if (!step.is_name_)
            out += '[' + std::to_string(step.index_) + ']';
        else if (is_identifier(step.name_))
            out.append(".").append(step.name_);
        else
            out.append("[\"").append(step.name_).append("\"]");
    }
    return out;
}

} // namespace parlance::js
