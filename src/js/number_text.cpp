#include "js/number_text.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

namespace parlance::js {

std::string number_text(double n) {
    if (std::isnan(n)) return "NaN";
    if (std::isinf(n)) return n < 0 ? "-Infinity" : "Infinity";
    if (n == 0) return "0";
    char scientific[32]; // d.ddde-xx
    auto const end =
        std::to_chars(std::begin(scientific), std::end(scientific), std::abs(n), std::chars_format::scientific).ptr;
    std::string_view const text(scientific, static_cast<std::size_t>(end - scientific));
    auto const e = text.find('e');
    std::string digits(1, text[0]);
    if (e > 1) digits += text.substr(2, e - 2);
    int exponent = 0;
    auto const exponent_at = e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(text.data() + exponent_at, end, exponent);

    // ECMAScript's Number::toString: the point stands behind `point` digits.
    int const point = exponent + 1, count = static_cast<int>(digits.size());
    std::string out(n < 0 ? "-" : "");
    if (count <= point && point <= 21) return out + digits.append(static_cast<std::size_t>(point - count), '0');
    if (0 < point && point <= 21) return out + digits.insert(static_cast<std::size_t>(point), 1, '.');
    if (-6 < point && point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    if (count > 1) digits.insert(1, 1, '.');
    return out + digits + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

} // namespace parlance::js
