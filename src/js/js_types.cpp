#include <algorithm>
#include <cmath>
#include <parlance/js_types.hpp>
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

namespace detail {

void throw_misfit(path const& where, std::string reason) {
    throw failure(errc::invalid_argument, {.input = where.text(), .reason = std::move(reason)});
}

value const& follow(reference to, value const& root, path const& where) {
    if (auto const* found = resolve(root, to)) return *found;
    throw_misfit(where, "a reference to an object that is not there");
}

std::optional<std::int64_t> whole(value const& v) noexcept {
    if (auto const* big = v.get_if<bigint>()) return big->to_int64();
    auto const* n = v.get_if<double>();
    auto const fits = n && *n >= -0x1p63 && *n < 0x1p63 && *n == std::trunc(*n);
    return fits ? std::optional(static_cast<std::int64_t>(*n)) : std::nullopt;
}

std::optional<std::uint64_t> unsigned_whole(value const& v) noexcept {
    if (auto const* big = v.get_if<bigint>()) return big->to_uint64();
    auto const* n = v.get_if<double>();
    auto const fits = n && *n >= 0 && *n < 0x1p64 && *n == std::trunc(*n);
    return fits ? std::optional(static_cast<std::uint64_t>(*n)) : std::nullopt;
}

void throw_from(path const& where, failure const& fault) {
    auto details = fault.details();
    auto const below = details.input.starts_with('$') ? details.input.substr(1) : std::string();
    details.input = where.text() + below;
    throw failure(fault.code(), std::move(details));
}

} // namespace detail
} // namespace parlance::js
