#include "wire/value_scan.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace parlance::wire {
namespace {

constexpr std::size_t block_size = 64;

/// One bit for each byte of a block.
struct block_bits {
    std::uint64_t quotes = 0, backslashes = 0, opens = 0, closes = 0;
};

block_bits classify(char const* block) noexcept {
    block_bits bits;
#ifdef __SSE2__
    auto const same = [](__m128i bytes, char c) {
        auto const equal = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(equal)));
    };
    for (unsigned i = 0; i < block_size; i += 16) {
        auto const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(block + i));
        auto const curly = _mm_or_si128(bytes, _mm_set1_epi8(0x20)); // turns '[' into '{' and ']' into '}'
        bits.quotes |= same(bytes, '"') << i;
        bits.backslashes |= same(bytes, '\\') << i;
        bits.opens |= same(curly, '{') << i;
        bits.closes |= same(curly, '}') << i;
    }
#else
    for (unsigned i = 0; i < block_size; ++i) {
        auto const bit = std::uint64_t{1} << i;
        switch (block[i]) {
        case '"': bits.quotes |= bit; break;
        case '\\': bits.backslashes |= bit; break;
        case '{':
        case '[': bits.opens |= bit; break;
        case '}':
        case ']': bits.closes |= bit; break;
        default: break;
        }
    }
#endif
    return bits;
}

/// The bytes of a block of `size` that stand behind a backslash which is not escaped itself.
std::uint64_t escaped_bytes(std::uint64_t backslashes, std::size_t size, bool& carry) noexcept {
    std::uint64_t escaped = carry ? 1 : 0;
    backslashes &= ~escaped;
    carry = false;
    while (backslashes) {
        auto const at = std::countr_zero(backslashes);
        backslashes &= backslashes - 1;
        if (static_cast<std::size_t>(at) + 1 == size) return carry = true, escaped;
        auto const next = std::uint64_t{2} << at;
        escaped |= next;
        backslashes &= ~next;
    }
    return escaped;
}

/// Bit i of the result is the parity of bits 0 to i: between an opening quote and its closing one, it is 1.
std::uint64_t running_parity(std::uint64_t bits) noexcept {
    for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
    return bits;
}

/// Scans one block; says where in it the value ends (one past), or 0.
std::size_t scan_block(bracket_scan& scan, char const* block, std::size_t size) noexcept {
    auto bits = classify(block);
    auto const valid = size == block_size ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
    bits.quotes &= valid;
    if (bits.backslashes || scan.escaped) bits.quotes &= ~escaped_bytes(bits.backslashes & valid, size, scan.escaped);
    if (scan.depth == 0) { // a string at the top level, whose first unescaped quote ends it
        return bits.quotes ? static_cast<std::size_t>(std::countr_zero(bits.quotes)) + 1 : 0;
    }
    auto const inside = running_parity(bits.quotes) ^ (scan.in_string ? ~std::uint64_t{0} : 0);
    scan.in_string = inside >> (size - 1) & 1;
    auto const opens = bits.opens & ~inside & valid;
    auto const closes = bits.closes & ~inside & valid;
    auto const closing = static_cast<std::size_t>(std::popcount(closes));
    if (scan.depth > closing) {
        scan.depth = scan.depth + static_cast<std::size_t>(std::popcount(opens)) - closing;
        return 0;
    }
    for (auto brackets = opens | closes; brackets; brackets &= brackets - 1) {
        auto const lowest = brackets & -brackets;
        scan.depth += opens & lowest ? 1 : -1;
        if (scan.depth == 0) return static_cast<std::size_t>(std::countr_zero(lowest)) + 1;
    }
    return 0;
}

} // namespace

std::size_t find_value_end(bracket_scan& scan, std::string_view bytes) noexcept {
    if (scan.scanned == 0) {
        if (bytes.empty()) return bytes.npos;
        scan.depth = bytes[0] == '"' ? 0 : 1;
        scan.in_string = bytes[0] == '"';
        scan.scanned = 1;
    }
    while (scan.scanned < bytes.size()) {
        auto const left = bytes.substr(scan.scanned);
        auto const size = std::min(left.size(), block_size);
        char padded[block_size];
        if (size < block_size) std::memcpy(padded, left.data(), size);
        auto const end = scan_block(scan, size < block_size ? padded : left.data(), size);
        scan.examined += size;
        if (end) return scan.scanned + end;
        scan.scanned += size;
    }
    return bytes.npos;
}

std::size_t word_length(std::string_view bytes, std::size_t from) noexcept {
    auto const belongs = [](char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '+' || c == '.';
    };
    while (from < bytes.size() && belongs(bytes[from])) ++from;
    return from;
}

} // namespace parlance::wire
