#include "wire/lines.hpp"

#include "wire/check_json.hpp"
#include "wire/find.hpp"

#include <utility>

namespace parlance::wire {

cut finish_line(line_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    if (bytes.empty() || scan.skipping) return {.consumed = bytes.size()};
    if (bytes.size() > limit_bytes + 1) return {.state = cut_state::too_large, .consumed = bytes.size()};
    auto const cut_short = check_json(bytes).state == json_state::cut_short && skip_space(bytes) < bytes.size();
    return {
        .state = cut_short ? cut_state::ended_inside : cut_state::whole, .message = bytes, .consumed = bytes.size()};
}

} // namespace parlance::wire
