#include <parlance/js.hpp>

#include <parlance/error.hpp>

#include <algorithm>
#include <charconv>

namespace parlance::js {
namespace {

using limbs = std::vector<std::uint64_t>;
__extension__ using wide = unsigned __int128;

constexpr std::size_t most_decimal_digits = 1'000'000;
/// The largest power of ten in a limb, and its zeros.
constexpr std::uint64_t decimal_step = 10'000'000'000'000'000'000U;
constexpr std::size_t decimal_step_digits = 19;

void trim(limbs& n) {
    while (!n.empty() && n.back() == 0) n.pop_back();
}

/// n = n * factor + add
void multiply_add(limbs& n, std::uint64_t factor, std::uint64_t add) {
    std::uint64_t carry = add;
    for (auto& limb : n) {
        auto const product = static_cast<wide>(limb) * factor + carry;
        limb = static_cast<std::uint64_t>(product);
        carry = static_cast<std::uint64_t>(product >> 64);
    }
    if (carry != 0) n.push_back(carry);
}

/// n = n / divisor; gives the rest.
std::uint64_t divide(limbs& n, std::uint64_t divisor) {
    std::uint64_t rest = 0;
    for (auto i = n.size(); i-- > 0;) {
        auto const part = static_cast<wide>(rest) << 64 | n[i];
        n[i] = static_cast<std::uint64_t>(part / divisor);
        rest = static_cast<std::uint64_t>(part % divisor);
    }
    trim(n);
    return rest;
}

[[noreturn]] void throw_no_bigint(std::string_view text, std::string mend) {
    std::string shown(text.substr(0, 40));
    if (shown.size() < text.size()) shown += "…";
    throw failure(errc::invalid_argument,
                  {.input = "\"" + shown + "\"", .reason = "no whole number", .mend = std::move(mend)});
}

limbs parse_decimal(std::string_view digits) {
    limbs n;
    while (!digits.empty()) {
        auto const now = digits.substr(0, (digits.size() - 1) % decimal_step_digits + 1);
        std::uint64_t part = 0;
        std::from_chars(now.data(), now.data() + now.size(), part);
        multiply_add(n, decimal_step, part);
        digits.remove_prefix(now.size());
    }
    return n;
}

limbs parse_hex(std::string_view digits) {
    limbs n((digits.size() + 15) / 16);
    for (auto& limb : n) {
        auto const now = digits.substr(digits.size() - std::min<std::size_t>(16, digits.size()));
        std::from_chars(now.data(), now.data() + now.size(), limb, 16);
        digits.remove_suffix(now.size());
    }
    return n;
}

} // namespace

bigint::bigint(bool negative, std::vector<std::uint64_t> magnitude)
    : negative_(negative), magnitude_(std::move(magnitude)) {
    trim(magnitude_);
    if (magnitude_.empty()) negative_ = false;
}

bigint bigint::parse(std::string_view text) {
    auto digits = text;
    bool const negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    bool const hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
    if (hexadecimal) digits.remove_prefix(2);
    constexpr std::string_view all = "0123456789abcdefABCDEF";
    if (digits.empty() || digits.find_first_not_of(all.substr(0, hexadecimal ? all.size() : 10)) != digits.npos)
        throw_no_bigint(text, "write it as -12 or 0xff");
    if (hexadecimal) return {negative, parse_hex(digits)};
    if (digits.size() > most_decimal_digits)
        throw_no_bigint(text, "a decimal one of more than 1,000,000 digits takes too long: write it as 0x…");
    return {negative, parse_decimal(digits)};
}

std::string bigint::to_string() const {
    if (magnitude_.empty()) return "0";
    std::string reversed;
    for (auto rest = magnitude_; !rest.empty();) {
        auto part = divide(rest, decimal_step);
        for (std::size_t i = 0; i < decimal_step_digits && (part != 0 || !rest.empty()); ++i, part /= 10)
            reversed.push_back(static_cast<char>('0' + part % 10));
    }
    if (negative_) reversed.push_back('-');
    std::ranges::reverse(reversed);
    return reversed;
}

std::string bigint::to_hex() const {
    std::string out(negative_ ? "-0x" : "0x");
    if (magnitude_.empty()) return out += '0';
    for (auto i = magnitude_.size(); i-- > 0;) {
        char digits[16];
        auto const end = std::to_chars(std::begin(digits), std::end(digits), magnitude_[i], 16).ptr;
        auto const count = static_cast<std::size_t>(end - digits);
        if (i + 1 < magnitude_.size()) out.append(16 - count, '0');
        out.append(digits, count);
    }
    return out;
}

std::optional<std::uint64_t> bigint::to_uint64() const noexcept {
    if (negative_ || magnitude_.size() > 1) return std::nullopt;
    return magnitude_.empty() ? 0 : magnitude_[0];
}

std::optional<std::int64_t> bigint::to_int64() const noexcept {
    if (magnitude_.size() > 1) return std::nullopt;
    auto const n = magnitude_.empty() ? 0 : magnitude_[0];
    constexpr auto lowest = std::uint64_t{1} << 63;
    if (negative_) return n <= lowest ? std::optional(static_cast<std::int64_t>(0 - n)) : std::nullopt;
    return n < lowest ? std::optional(static_cast<std::int64_t>(n)) : std::nullopt;
}

} // namespace parlance::js
