#pragma once
/// rsmq's message ids, taken apart and put together. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

inline constexpr std::size_t id_length = 32, id_time_length = 10, id_tail_length = 22;

/// The first time that ten digits of base 36 cannot tell: 10 November 2085. An id of then would sort before all others.
inline constexpr std::uint64_t end_of_ids_micros = 3'656'158'440'062'976;

/// 32 of `a-z A-Z 0-9 :`; rsmq allows the colon though it never makes one.
bool is_message_id(std::string_view text) noexcept;

/// Microseconds since the epoch as ten digits of base 36, lower case, then the tail.
std::string make_message_id(std::uint64_t sent_micros, std::string_view tail);

/// The time within an id; none where its first ten characters are not digits of base 36.
std::optional<std::uint64_t> sent_micros_of(std::string_view id) noexcept;

/// Fills 22 characters of `A-Z a-z 0-9` from three random numbers.
void make_id_tail(char (&tail)[id_tail_length], std::uint64_t const (&random)[3]) noexcept;

} // namespace parlance
