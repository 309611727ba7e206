#include "cli/json_line.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace parlance::cli {
namespace {

/// The length of the character at the front of `text`, 0 where it is not UTF-8; `wrong` is then how many bytes to skip.
std::size_t character(std::string_view text, std::size_t& wrong) noexcept {
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(at < text.size() ? text[at] : 0); };
    auto const first = byte(0);
    wrong = 1;
    if (first < 0x80) return 1;
    std::size_t const length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    for (std::size_t at = 1; at < length; ++at) {
        auto low = 0x80, high = 0xBF;
        if (at == 1 && first == 0xE0) low = 0xA0;  // shorter forms are not allowed
        if (at == 1 && first == 0xED) high = 0x9F; // nor surrogates
        if (at == 1 && first == 0xF0) low = 0x90;
        if (at == 1 && first == 0xF4) high = 0x8F; // nor anything over U+10FFFF
        if (byte(at) < low || byte(at) > high) return 0;
        wrong = at + 1;
    }
    return length;
}

} // namespace

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        std::size_t wrong = 0;
        auto const length = character(text, wrong);
        if (length != 0)
            valid += text.substr(0, length);
        else
            valid += "\xEF\xBF\xBD";
        text.remove_prefix(length != 0 ? length : wrong);
    }
    return valid;
}

std::string on_one_line(std::string_view json) {
    std::string line(json);
    std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return line;
}

void json_line::key(std::string_view name) {
    if (line_.size() > 1) line_ += ',';
    line_.append("\"").append(name).append("\":");
}

json_line& json_line::text(std::string_view name, std::string_view value) {
    key(name);
    line_ += json::serialize(json::string(valid_utf8(value)));
    return *this;
}

json_line& json_line::number(std::string_view name, std::int64_t value) {
    key(name);
    line_ += std::to_string(value);
    return *this;
}

json_line& json_line::number(std::string_view name, std::uint64_t value) {
    key(name);
    line_ += std::to_string(value);
    return *this;
}

json_line& json_line::yes_no(std::string_view name, bool value) {
    key(name);
    line_ += value ? "true" : "false";
    return *this;
}

json_line& json_line::null(std::string_view name) {
    key(name);
    line_ += "null";
    return *this;
}

json_line& json_line::value(std::string_view name, json::value const& value) {
    key(name);
    line_ += json::serialize(value);
    return *this;
}

json_line& json_line::json(std::string_view name, std::string_view spelled) {
    key(name);
    line_ += on_one_line(spelled);
    return *this;
}

} // namespace parlance::cli
