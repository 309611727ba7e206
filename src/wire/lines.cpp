#include "wire/lines.hpp"

#include "wire/check_json.hpp"
#include "wire/find.hpp"

#include <utility>

namespace parlance::wire {

cut cut_line(line_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    auto const end = find_byte(bytes, '\n', scan.scanned);
    auto line = bytes.substr(0, end);
    scan.examined += line.size() - scan.scanned + (end != bytes.npos);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1); // may yet belong to a newline: not counted
    auto const too_large = !scan.skipping && line.size() > limit_bytes;
    if (end == bytes.npos) {
        auto const drop = scan.skipping || too_large;
        scan.skipping = drop;
        scan.scanned = drop ? 0 : bytes.size();
        return {.state = too_large ? cut_state::too_large : cut_state::need_more, .consumed = drop ? bytes.size() : 0};
    }
    scan.scanned = 0;
    if (too_large) return {.state = cut_state::too_large, .consumed = end + 1};
    if (std::exchange(scan.skipping, false)) return {.state = cut_state::skip, .consumed = end + 1};
    return {.state = cut_state::whole, .message = line, .consumed = end + 1};
}

cut finish_line(line_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    if (bytes.empty() || scan.skipping) return {.consumed = bytes.size()};
    if (bytes.size() > limit_bytes + 1) return {.state = cut_state::too_large, .consumed = bytes.size()};
    auto const cut_short = check_json(bytes).state == json_state::cut_short && skip_space(bytes) < bytes.size();
    return {
        .state = cut_short ? cut_state::ended_inside : cut_state::whole, .message = bytes, .consumed = bytes.size()};
}

} // namespace parlance::wire
