// What stands between [ and ], with the flag v and without.
#include "js/pattern_reader.hpp"

namespace parlance::js {
namespace {

/// Classes of the flag v in each other. V8 stops where its stack ends, after some thousands.
constexpr std::size_t most_classes_in_each_other = 1000;

constexpr bool is_in(std::u32string_view all, char32_t c) noexcept { return all.find(c) != all.npos; }

} // namespace

void pattern_reader::read_class() {
    if (sets_) {
        read_set();
        return;
    }
    advance();
    takes('^');
    read_ranges();
    if (!takes(']')) refuse("a class without its end");
}

/// Without the flag v: characters, escapes, and ranges of characters.
void pattern_reader::read_ranges() {
    while (current() != end && current() != ']') {
        auto const from = read_range_end();
        if (current() != '-' || next() == ']') continue; // that one is a character
        advance();
        if (current() == end) return;
        auto const to = read_range_end();
        if (from && to && *from > *to) refuse("a range out of order in a class");
        if (unicode_ && (!from || !to)) refuse("a range from or to what is no character");
    }
}

/// None for an escape that means many characters.
std::optional<char32_t> pattern_reader::read_range_end() {
    auto const c = current();
    if (c != '\\') return advance(), c;
    if (next() == end) refuse("a backslash at the end");
    if (next() == 'b') return skip(2), U'\b';
    if (bool has_strings = false; read_set_escape(has_strings)) return std::nullopt;
    return read_character_escape(true);
}

/// With the flag v. True where it may match more or less than one character.
bool pattern_reader::read_set() {
    if (++class_depth_ > most_classes_in_each_other) refuse("too many classes in each other");
    advance();
    bool const is_negated = takes('^');
    bool has_strings = false;
    if (current() != ']') {
        auto const first = read_set_operand();
        auto const sign = current();
        bool const is_operation = (sign == '-' || sign == '&') && next() == sign;
        has_strings = is_operation ? read_set_operation(first, sign) : read_set_union(first);
    }
    if (is_negated && has_strings) refuse("the reverse of a class that has strings");
    if (!takes(']')) refuse("a class without its end");
    --class_depth_;
    return has_strings;
}

/// A--B--C, or A&&B&&C.
bool pattern_reader::read_set_operation(set_part first, char32_t sign) {
    auto has_strings = first.has_strings;
    while (current() != end && current() != ']') {
        if (current() != sign || next() != sign) refuse("two operations in one class");
        skip(2);
        if (sign == '&' && current() == '&') refuse("a character that needs a backslash in a class");
        auto const other = read_set_operand();
        if (sign == '&') has_strings = has_strings && other.has_strings;
    }
    return has_strings;
}

bool pattern_reader::read_set_union(set_part last) {
    auto has_strings = last.has_strings;
    while (current() != end && current() != ']') {
        if (current() != '-') {
            last = read_set_operand();
            has_strings = has_strings || last.has_strings;
            continue;
        }
        if (next() == '-') refuse("two operations in one class");
        if (last.what != operand::character) refuse("a range from or to what is no character");
        advance();
        if (read_set_character() < last.character) refuse("a range out of order in a class");
        last = {.what = operand::range};
    }
    return has_strings;
}

pattern_reader::set_part pattern_reader::read_set_operand() {
    if (current() == '[') return {.what = operand::set, .has_strings = read_set()};
    if (current() == '\\') {
        set_part part{.what = operand::set};
        if (next() == 'q') return part.has_strings = read_strings(), part;
        if (read_set_escape(part.has_strings)) return part;
    }
    return {.what = operand::character, .character = read_set_character()};
}

char32_t pattern_reader::read_set_character() {
    auto const c = current();
    if (c == end) refuse("a class without its end");
    if (c == '\\') {
        if (next() == end) refuse("a backslash at the end");
        if (next() == 'b') return skip(2), U'\b';
        if (is_in(U"&-!#%,:;<=>@`~", next())) {
            auto const escaped = next();
            return skip(2), escaped;
        }
        return read_character_escape(true);
    }
    if (is_in(U"()[]{}/-|", c)) refuse("a character that needs a backslash in a class");
    if (next() == c && is_in(U"&!#$%*+,.:;<=>?@^`~", c)) refuse("two of a sign that is kept for operations");
    return advance(), c;
}

/// \q{one|two}. True where one of them is not of one character.
bool pattern_reader::read_strings() {
    skip(2);
    if (!takes('{')) refuse("an escape that is none");
    bool has_strings = false;
    std::size_t characters = 0;
    for (;; ++characters) {
        bool const is_over = current() == '|' || current() == '}';
        if (!is_over) {
            read_set_character();
            continue;
        }
        has_strings = has_strings || characters != 1;
        if (takes('}')) return has_strings;
        skip(1);
        characters = static_cast<std::size_t>(-1); // the loop adds one
    }
}

} // namespace parlance::js
