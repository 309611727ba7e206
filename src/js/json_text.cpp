#include "js/json_text.hpp"

#include "js/text.hpp"

namespace parlance::js {
namespace {

void append_escape(std::string& out, unsigned unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[unit >> shift & 0xF]);
}

/// Is there half a surrogate pair, three bytes that begin with ED A0 or more?
bool begins_surrogate(std::string_view text, std::size_t at) noexcept {
    return static_cast<unsigned char>(text[at]) == 0xED && static_cast<unsigned char>(text[at + 1]) >= 0xA0;
}

} // namespace

bool append_json_string(std::string& out, std::string_view text) {
    if (kind_of(text) == text_kind::invalid) return false;
    out.push_back('"');
    for (std::size_t at = 0, plain = 0;; plain = at) {
        while (at < text.size() && static_cast<unsigned char>(text[at]) >= 0x20 && text[at] != '"' &&
               text[at] != '\\' && static_cast<unsigned char>(text[at]) != 0xED)
            ++at;
        out.append(text, plain, at - plain);
        if (at == text.size()) break;
        switch (auto const c = static_cast<unsigned char>(text[at++])) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        case 0xED:
            if (begins_surrogate(text, at - 1))
                append_escape(out, 0xD000U | (static_cast<unsigned char>(text[at]) & 0x3FU) << 6 |
                                       (static_cast<unsigned char>(text[at + 1]) & 0x3FU));
            else
                out.append(text, at - 1, 3);
            at += 2;
            break;
        default: append_escape(out, c);
        }
    }
    out.push_back('"');
    return true;
}

} // namespace parlance::js
