#include "wire/encode.hpp"

#include "wire/find.hpp"
#include "wire/length_prefix.hpp"
#include "wire/record_separator.hpp"

#include <algorithm>
#include <charconv>

namespace parlance::wire {

envelope::envelope(framing frames, std::string_view message, char delimiter) noexcept {
    switch (frames) {
    case framing::lines: after_size_ = 1; break;
    case framing::concatenated: { // a number or word would run into what follows
        auto const last = message.empty() ? '\0' : message.back();
        if (last != '}' && last != ']' && last != '"') after_size_ = 1;
        break;
    }
    case framing::content_length: {
        constexpr std::string_view name = "Content-Length: ";
        auto* end = std::copy(name.begin(), name.end(), before_.data());
        end = std::to_chars(end, before_.data() + before_.size(), message.size()).ptr;
        for (char const c : {'\r', '\n', '\r', '\n'}) *end++ = c;
        before_size_ = static_cast<std::size_t>(end - before_.data());
        break;
    }
    case framing::record_separator:
        before_[0] = record_mark;
        before_size_ = 1;
        after_size_ = 1;
        break;
    case framing::length_prefix:
        before_size_ = prefix_bytes;
        for (std::size_t i = 0; i < prefix_bytes; ++i)
            before_[i] = static_cast<char>(message.size() >> (8 * (prefix_bytes - 1 - i)));
        break;
    case framing::delimited:
        after_[0] = delimiter;
        after_size_ = 1;
        break;
    case framing::chunks: break;
    }
}

std::string_view why_unsendable(framing frames, std::string_view message, char delimiter) noexcept {
    if (frames == framing::length_prefix) return message.size() > 0xFFFFFFFFU ? "more than 4 GiB" : std::string_view();
    if (frames == framing::delimited)
        return find_byte(message, delimiter) != message.npos ? "the delimiter inside a message" : std::string_view();
    if (frames == framing::chunks) return message.empty() ? "an empty message" : std::string_view();
    if (frames != framing::content_length && skip_space(message) == message.size()) return "an empty message";
    if (frames == framing::lines && find_byte(message, '\n') != message.npos) return "a line break inside a message";
    if (frames == framing::record_separator && find_byte(message, record_mark) != message.npos)
        return "a record separator inside a message";
    return {};
}

} // namespace parlance::wire
