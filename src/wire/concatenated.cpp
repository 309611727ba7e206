#include "wire/concatenated.hpp"

#include "wire/check_json.hpp"
#include "wire/find.hpp"

#include <utility>

namespace parlance::wire {
namespace {

using where = concatenated_scan::inside;
constexpr std::string_view no_value = "no JSON value begins here";

where what_begins(char c) noexcept {
    return begins_container(c) ? where::value : begins_word(c) ? where::word : where::noise;
}

/// `found` lies `from` bytes into what the caller passed.
cut moved(cut found, std::size_t from) noexcept {
    found.consumed += from;
    found.at += from;
    return found;
}

void forget(concatenated_scan& scan) noexcept {
    restart(scan.brackets);
    scan.where = where::nothing;
    scan.scanned = 0;
}

/// `length` bytes are not over the limit: they are one message.
cut whole_or_too_large(concatenated_scan& scan, std::string_view bytes, std::size_t length,
                       std::size_t limit) noexcept {
    if (length > limit) return {.state = cut_state::too_large};
    forget(scan);
    return {.state = cut_state::whole, .message = bytes.substr(0, length), .consumed = length};
}

cut more(std::string_view bytes, std::size_t limit) noexcept {
    return {.state = bytes.size() > limit ? cut_state::too_large : cut_state::need_more};
}

cut cut_noise(concatenated_scan& scan, std::string_view bytes, std::size_t limit) noexcept {
    auto const end = find_byte(bytes, '\n', scan.scanned);
    scan.brackets.examined += std::min(end, bytes.size()) - scan.scanned;
    if (end == bytes.npos) return scan.scanned = bytes.size(), more(bytes, limit);
    if (end > limit) return {.state = cut_state::too_large};
    forget(scan);
    return {.state = cut_state::stray, .message = bytes.substr(0, end), .consumed = end + 1, .reason = no_value};
}

cut cut_word(concatenated_scan& scan, std::string_view bytes, std::size_t limit) noexcept {
    auto const end = word_length(bytes, scan.scanned);
    scan.brackets.examined += end - scan.scanned;
    scan.scanned = end;
    if (end == bytes.size()) return more(bytes, limit);
    if (end > limit) return {.state = cut_state::too_large};
    auto const separated = is_space(bytes[end]) || begins_container(bytes[end]);
    if (separated && is_json(bytes.substr(0, end))) return whole_or_too_large(scan, bytes, end, limit);
    scan.where = where::noise;
    return cut_noise(scan, bytes, limit);
}

} // namespace

cut cut_value(concatenated_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    std::size_t begin = 0;
    if (scan.where == where::nothing) {
        begin = skip_space(bytes);
        scan.brackets.examined += begin;
        bytes.remove_prefix(begin);
        if (bytes.empty()) return {.consumed = begin};
        scan.where = what_begins(bytes[0]);
    }
    switch (scan.where) {
    case where::word: return moved(cut_word(scan, bytes, limit_bytes), begin);
    case where::noise: return moved(cut_noise(scan, bytes, limit_bytes), begin);
    default: break;
    }
    auto const end = find_value_end(scan.brackets, bytes);
    return moved(end == bytes.npos ? more(bytes, limit_bytes) : whole_or_too_large(scan, bytes, end, limit_bytes),
                 begin);
}

cut finish_value(concatenated_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    auto const last = std::exchange(scan.where, where::nothing);
    scan.scanned = 0;
    auto const all = cut{.message = bytes, .consumed = bytes.size()};
    auto const as = [&](cut_state state) {
        auto found = all;
        found.state = state;
        if (state == cut_state::stray) found.reason = no_value;
        return found;
    };
    switch (last) {
    case where::nothing: return {.consumed = bytes.size()};
    case where::noise: return as(cut_state::stray);
    case where::value: return as(cut_state::ended_inside);
    case where::word: break;
    }
    if (bytes.size() > limit_bytes) return {.state = cut_state::too_large, .consumed = bytes.size()};
    switch (check_json(bytes).state) {
    case json_state::valid: return as(cut_state::whole);
    case json_state::cut_short: return as(cut_state::ended_inside);
    default: return as(cut_state::stray);
    }
}

} // namespace parlance::wire
