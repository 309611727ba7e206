#include "wire/content_length.hpp"

#include "wire/find.hpp"

#include <algorithm>
#include <charconv>

namespace parlance::wire {
namespace {

constexpr std::string_view no_header = "a line that is no header, 'Name: value'";

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same_word(std::string_view a, std::string_view b) noexcept { return std::ranges::equal(a, b, {}, lower, lower); }

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// RFC 9110's token, which the name of a header must be.
bool is_token(std::string_view name) noexcept {
    auto const fits = [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
               (c && std::strchr("!#$%&'*+-.^_`|~", c));
    };
    return !name.empty() && std::ranges::all_of(name, fits);
}

/// The charset of a Content-Type must be UTF-8 where it is named; `utf8` is what LSP's first servers wrote.
bool is_utf8(std::string_view type) noexcept {
    constexpr std::string_view key = "charset=";
    auto const same = [](char a, char b) { return lower(a) == b; };
    auto const found = std::search(type.begin(), type.end(), key.begin(), key.end(), same);
    if (found == type.end()) return true;
    type.remove_prefix(static_cast<std::size_t>(found - type.begin()) + key.size());
    type = trim(type.substr(0, type.find(';')));
    if (type.size() > 1 && type.front() == '"' && type.back() == '"') type = type.substr(1, type.size() - 2);
    return same_word(type, "utf-8") || same_word(type, "utf8");
}

/// Takes in one header line. Says what is wrong with it, nothing where all is well.
std::string_view take_header(header_scan& scan, std::string_view name, std::string_view value) noexcept {
    if (same_word(name, "Content-Type") && !is_utf8(value)) return "a Content-Type whose charset is not utf-8";
    if (!same_word(name, "Content-Length")) return {};
    std::size_t length = 0;
    auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error == std::errc::result_out_of_range)
        length = std::size_t(-1); // over every limit
    else if (error != std::errc{} || end != value.data() + value.size())
        return "a Content-Length that is no number";
    if (scan.length && *scan.length != length) return "two Content-Length headers that differ";
    scan.length = length;
    return {};
}

/// Forgets the message that is done with.
void restart(header_scan& scan) noexcept { scan = {.examined = scan.examined}; }

cut cut_header_line(header_scan& scan, std::string_view bytes, std::size_t limit) noexcept {
    auto const end = find_byte(bytes, '\n', scan.scanned);
    auto line = bytes.substr(0, end);
    scan.examined += line.size() - scan.scanned + (end != bytes.npos);
    if (scan.header_bytes + line.size() >= header_limit_bytes)
        return {.state = cut_state::bad, .reason = "a header of more than 8192 bytes"};
    if (end == bytes.npos) return scan.scanned = bytes.size(), cut{};
    scan.scanned = 0;
    scan.header_bytes += end + 1;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) {
        scan.in_body = scan.length.has_value();
        if (!scan.in_body && scan.header_bytes > end + 1)
            return {.state = cut_state::bad, .reason = "a header without Content-Length"};
        if (!scan.in_body)
            restart(scan); // an empty line between messages
        else if (*scan.length > limit)
            return {.state = cut_state::too_large};
        return {.state = cut_state::skip, .consumed = end + 1};
    }
    auto const colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon))) {
        if (scan.length) return {.state = cut_state::bad, .reason = no_header};
        restart(scan);
        return {.state = cut_state::stray, .message = line, .consumed = end + 1, .reason = no_header};
    }
    auto const fault = take_header(scan, line.substr(0, colon), trim(line.substr(colon + 1)));
    if (!fault.empty()) return {.state = cut_state::bad, .reason = fault};
    return {.state = cut_state::skip, .consumed = end + 1};
}

} // namespace

cut cut_body(header_scan& scan, std::string_view bytes, std::size_t limit_bytes) noexcept {
    if (!scan.in_body) return cut_header_line(scan, bytes, limit_bytes);
    auto const length = *scan.length;
    if (bytes.size() < length) return {};
    restart(scan);
    return {.state = cut_state::whole, .message = bytes.substr(0, length), .consumed = length};
}

cut finish_body(header_scan& scan, std::string_view bytes, std::size_t) noexcept {
    auto const begun = scan.in_body || scan.header_bytes > 0;
    restart(scan);
    if (bytes.empty() && !begun) return {};
    auto const stray = !begun && !is_token(bytes.substr(0, bytes.find(':'))); // half a name would be a token too
    return {.state = stray ? cut_state::stray : cut_state::ended_inside,
            .message = bytes,
            .consumed = bytes.size(),
            .reason = stray ? no_header : ""};
}

} // namespace parlance::wire
