#pragma once
/// The word that proves a claim on a message: its id and the number of the receive, which only grows. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

struct receipt_parts {
    std::string_view id; ///< looks into the word
    std::uint32_t rc;
    bool operator==(receipt_parts const&) const = default;
};

std::string make_receipt(std::string_view id, std::uint32_t rc);
/// None where it is no receipt of ours.
std::optional<receipt_parts> parse_receipt(std::string_view word) noexcept;

} // namespace parlance
