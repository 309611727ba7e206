#include "queue/receipt.hpp"

#include "queue/ids.hpp"

#include <charconv>

namespace parlance {

std::string make_receipt(std::string_view id, std::uint32_t rc) {
    std::string word(id);
    word += '-'; // no id has one
    word += std::to_string(rc);
    return word;
}

std::optional<receipt_parts> parse_receipt(std::string_view word) noexcept {
    if (word.size() < id_length + 2 || word[id_length] != '-' || !is_message_id(word.substr(0, id_length)))
        return std::nullopt;
    std::uint32_t rc = 0;
    auto const* const end = word.data() + word.size();
    auto const got = std::from_chars(word.data() + id_length + 1, end, rc);
    if (got.ec != std::errc() || got.ptr != end || rc == 0) return std::nullopt;
    return receipt_parts{word.substr(0, id_length), rc};
}

} // namespace parlance
