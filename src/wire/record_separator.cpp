#include "wire/record_separator.hpp"

#include "wire/check_json.hpp"
#include "wire/find.hpp"

#include <algorithm>

namespace parlance::wire {
namespace {

using region = record_scan::inside;
constexpr std::string_view cut_off = "a record that was cut short: the next one begins inside it";
constexpr std::string_view not_one_value = "a record that is not one JSON value";
constexpr std::string_view outside = "bytes outside of a record";

cut forget_and(record_scan& scan, cut found) noexcept {
    auto const examined = scan.brackets.examined;
    scan = {.brackets = {.examined = examined}};
    return found;
}

/// Told once; what follows up to the next RS is skipped.
cut too_large(record_scan& scan, std::size_t consumed) noexcept {
    auto const told = forget_and(scan, {.state = cut_state::too_large, .consumed = consumed});
    scan.where = region::too_large;
    return told;
}

/// Up to the next RS or the end of the line, whichever is first.
cut cut_noise(record_scan& scan, std::string_view bytes, std::size_t limit) noexcept {
    auto const line = find_byte(bytes, '\n', scan.scanned);
    auto const mark = find_byte(bytes.substr(0, line), record_mark, scan.scanned);
    auto const end = std::min(line, mark);
    scan.brackets.examined += std::min(end, bytes.size()) - scan.scanned;
    if (std::min(end, bytes.size()) > limit) return too_large(scan, mark == bytes.npos ? scan.scanned : mark);
    if (end == bytes.npos) return scan.scanned = bytes.size(), cut{};
    return forget_and(scan, {.state = cut_state::stray,
                             .message = bytes.substr(0, end),
                             .consumed = end == line ? end + 1 : end,
                             .reason = scan.why});
}

cut skip_to_mark(record_scan& scan, std::string_view bytes) noexcept {
    auto const mark = find_byte(bytes, record_mark);
    scan.brackets.examined += std::min(mark, bytes.size());
    if (mark == bytes.npos) return {.consumed = bytes.size()};
    return forget_and(scan, {.state = cut_state::skip, .consumed = mark});
}

cut cut_outside(record_scan& scan, std::string_view bytes) noexcept {
    auto const begin = skip_space(bytes);
    scan.brackets.examined += begin;
    if (begin == bytes.size()) return {.consumed = begin};
    auto const mark = bytes[begin] == record_mark;
    scan.where = mark ? region::record : region::noise;
    scan.why = outside;
    return {.state = cut_state::skip, .consumed = begin + mark};
}

/// One past the record's value, 0 while it is not all there; npos region the record begins with none.
/// A word ends only region another byte follows.
std::size_t value_end(record_scan& scan, std::string_view window) noexcept {
    if (begins_container(window[0])) {
        auto const end = find_value_end(scan.brackets, window);
        return end == window.npos ? 0 : end;
    }
    if (!begins_word(window[0])) return window.npos;
    scan.brackets.examined -= scan.scanned;
    scan.scanned = word_length(window, scan.scanned);
    scan.brackets.examined += scan.scanned;
    if (scan.scanned == window.size()) return 0;
    return is_space(window[scan.scanned]) && is_json(window.substr(0, scan.scanned)) ? scan.scanned : window.npos;
}

/// A record whose content begins at byte 0, no white space before it.
cut cut_inside(record_scan& scan, std::string_view bytes, std::size_t limit) noexcept {
    auto const mark = find_byte(bytes, record_mark, scan.mark_scanned);
    scan.brackets.examined += std::min(mark, bytes.size()) - scan.mark_scanned;
    scan.mark_scanned = std::min(mark, bytes.size());
    auto const window = bytes.substr(0, mark);
    auto const as_noise = [&] {
        scan.scanned = 0;
        scan.where = region::noise;
        scan.why = not_one_value;
        return cut_noise(scan, bytes, limit);
    };
    if (!scan.value_end) {
        auto const end = value_end(scan, window);
        if (end == window.npos) return as_noise();
        scan.value_end = end;
        if (end) scan.scanned = end;
    }
    auto known = scan.value_end ? scan.scanned : window.size();
    while (scan.value_end && known < window.size() && is_space(window[known]) && window[known] != '\n') ++known;
    if (known > limit) return too_large(scan, window.size());
    if (!scan.value_end) {
        if (mark == bytes.npos) return {};
        return forget_and(scan, {.state = cut_state::stray, .message = window, .consumed = mark, .reason = cut_off});
    }
    scan.brackets.examined += known - scan.scanned;
    scan.scanned = known;
    if (known == window.size() && mark == bytes.npos) return {};
    if (known < window.size() && window[known] != '\n') return as_noise();
    return forget_and(scan, {.state = cut_state::whole,
                             .message = window.substr(0, scan.value_end),
                             .consumed = known < window.size() ? known + 1 : known});
}

} // namespace

cut cut_record(record_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    switch (scan.where) {
    case region::nothing: return cut_outside(scan, bytes);
    case region::too_large: return skip_to_mark(scan, bytes);
    case region::noise: return cut_noise(scan, bytes, limit_bytes);
    case region::record: break;
    }
    if (scan.mark_scanned == 0) { // nothing of the content was seen yet
        auto const begin = skip_space(bytes);
        if (begin == bytes.size()) return {.consumed = begin};
        if (bytes[begin] == record_mark) return forget_and(scan, {.state = cut_state::skip, .consumed = begin});
        if (begin) return {.state = cut_state::skip, .consumed = begin};
    }
    return cut_inside(scan, bytes, limit_bytes);
}

cut finish_record(record_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    auto const last = scan;
    forget_and(scan, {});
    if (bytes.empty() || last.where == region::too_large || last.where == region::nothing)
        return {.consumed = bytes.size()};
    if (last.where == region::noise)
        return {.state = cut_state::stray, .message = bytes, .consumed = bytes.size(), .reason = last.why};
    auto const end = last.value_end;
    if (end > limit_bytes) return {.state = cut_state::too_large, .consumed = bytes.size()};
    return {.state = end ? cut_state::whole : cut_state::ended_inside,
            .message = bytes.substr(0, end ? end : bytes.npos),
            .consumed = bytes.size()};
}

} // namespace parlance::wire
