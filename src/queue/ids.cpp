#include "queue/ids.hpp"

#include <parlance/queue.hpp>

namespace parlance {
namespace {

constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

constexpr int digit_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    return -1;
}

constexpr bool is_id_character(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ':';
}

} // namespace

bool is_message_id(std::string_view text) noexcept {
    if (text.size() != id_length) return false;
    for (char c : text)
        if (!is_id_character(c)) return false;
    return true;
}

std::string make_message_id(std::uint64_t sent_micros, std::string_view tail) {
    std::string id(id_length, '0');
    for (std::size_t i = id_time_length; i-- > 0; sent_micros /= 36) id[i] = digits[sent_micros % 36];
    tail.copy(id.data() + id_time_length, id_tail_length);
    return id;
}

std::optional<std::uint64_t> sent_micros_of(std::string_view id) noexcept {
    if (id.size() < id_time_length) return std::nullopt;
    std::uint64_t micros = 0;
    for (char c : id.substr(0, id_time_length)) {
        auto const value = digit_value(c);
        if (value < 0) return std::nullopt;
        micros = micros * 36 + static_cast<std::uint64_t>(value); // 36^10 fits in 52 bits
    }
    return micros;
}

void make_id_tail(char (&tail)[id_tail_length], std::uint64_t const (&random)[3]) noexcept {
    std::size_t at = 0;
    for (auto number : random) // ten symbols of each take less than 60 of its 64 bits
        for (int i = 0; i < 10 && at < id_tail_length; ++i, number /= 62) tail[at++] = symbols[number % 62];
}

message_id::message_id(std::string_view text) : text_(text) {
    if (text.empty()) throw failure(errc::missing_message_id);
    if (!is_message_id(text))
        throw failure(errc::invalid_message_id,
                      {.input = "id " + text_, .mend = "an id is 32 characters of a-z A-Z 0-9"});
}

std::chrono::sys_time<std::chrono::microseconds> message_id::sent() const noexcept {
    return std::chrono::sys_time<std::chrono::microseconds>(
        std::chrono::microseconds(sent_micros_of(text_).value_or(0)));
}

} // namespace parlance
