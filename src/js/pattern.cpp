#include "js/pattern_reader.hpp"

#include "js/text.hpp"

#include <cstring>

namespace parlance::js {
namespace {

constexpr std::size_t most_captures = 32767; // V8's

constexpr bool is_digit(char32_t c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_octal_digit(char32_t c) noexcept { return c >= '0' && c <= '7'; }

constexpr int hex_value(char32_t c) noexcept {
    if (is_digit(c)) return static_cast<int>(c - '0');
    auto const lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? static_cast<int>(lower - 'a' + 10) : -1;
}

constexpr bool is_lead(char32_t c) noexcept { return c >= 0xD800 && c < 0xDC00; }
constexpr bool is_trail(char32_t c) noexcept { return c >= 0xDC00 && c < 0xE000; }
constexpr char32_t joined(char32_t lead, char32_t trail) noexcept {
    return 0x10000 + ((lead - 0xD800) << 10) + (trail - 0xDC00);
}

constexpr bool is_one_of(std::u32string_view all, char32_t c) noexcept { return all.find(c) != all.npos; }

void append_units(std::u16string& out, char32_t c) {
    if (c > 0xFFFF) {
        out.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
        c = 0xDC00 + (c & 0x3FF);
    }
    out.push_back(static_cast<char16_t>(c));
}

} // namespace

std::optional<pattern_fault> fault_of_pattern(std::string_view source, std::string_view flags) {
    std::string bytes;
    append_as_utf16(bytes, source);
    std::u16string units(bytes.size() / 2, u'\0');
    for (std::size_t i = 0; i < units.size(); ++i)
        units[i] = static_cast<char16_t>(static_cast<unsigned char>(bytes[2 * i]) |
                                         static_cast<unsigned char>(bytes[2 * i + 1]) << 8);
    bool const sets = flags.find('v') != flags.npos;
    try {
        pattern_reader(units, sets || flags.find('u') != flags.npos, sets).read();
        return std::nullopt;
    } catch (pattern_fault const& fault) {
        return fault;
    }
}

// ---- characters

char32_t pattern_reader::character_at(std::size_t at) const noexcept {
    if (at >= source_.size()) return end;
    char32_t const c = source_[at];
    if (!unicode_ || !is_lead(c) || at + 1 == source_.size() || !is_trail(source_[at + 1])) return c;
    return joined(c, source_[at + 1]);
}

char32_t pattern_reader::next() const noexcept {
    auto const c = current();
    return c == end ? end : character_at(at_ + (c > 0xFFFF ? 2 : 1));
}

bool pattern_reader::takes(char32_t c) noexcept {
    if (current() != c) return false;
    ++at_;
    return true;
}

// ---- groups, atoms and quantifiers

void pattern_reader::read() {
    while (current() != end || !open_.empty()) {
        bool is_quantifiable = true;
        if (current() == end) refuse("a group without its end");
        if (current() == ')')
            is_quantifiable = close_group();
        else if (!read_term())
            continue;
        read_quantifier(is_quantifiable);
    }
    check_references();
}

/// Something that may be repeated; false after what may not.
bool pattern_reader::read_term() {
    switch (auto const c = current()) {
    case '*':
    case '+':
    case '?': refuse("nothing to repeat");
    case '|':
    case '^':
    case '$': return advance(), false;
    case '(': return open_group(), false;
    case '[': return read_class(), true;
    case '\\': return read_escape();
    case '{':
        if (read_interval()) refuse("nothing to repeat");
        [[fallthrough]];
    case '}':
    case ']':
        if (unicode_) refuse(c == '{' ? "nothing to repeat" : "a bracket that closes nothing");
        [[fallthrough]];
    default: return advance(), true;
    }
}

void pattern_reader::open_group() {
    advance();
    auto kind = group::capturing;
    bool has_name = false;
    if (current() == '?') {
        bool const behind = next() == '<';
        auto const sign = behind ? character_at(at_ + 2) : next();
        if (sign == '=' || sign == '!')
            kind = behind ? group::lookbehind : group::lookahead;
        else if (next() == ':')
            kind = group::grouping;
        else if (!behind)
            refuse("a group of no known kind");
        has_name = kind == group::capturing;
        skip(behind && !has_name ? 3 : 2);
    }
    open_.push_back(kind);
    if (kind != group::capturing) return;
    if (++captures_ > most_captures) refuse("too many groups");
    if (!has_name) return;
    has_names_ = true;
    if (!names_.insert(read_name()).second) refuse("a name of a group twice");
}

/// May it be repeated?
bool pattern_reader::close_group() {
    if (open_.empty()) refuse("a ) without its (");
    auto const kind = open_.back();
    open_.pop_back();
    advance();
    return kind != group::lookbehind && !(kind == group::lookahead && unicode_);
}

void pattern_reader::read_quantifier(bool is_quantifiable) {
    if (current() == '{') {
        auto const bounds = read_interval();
        if (!bounds && unicode_) refuse("a quantifier without its end");
        if (!bounds) return;
        if (bounds->most < bounds->least) refuse("numbers out of order in a quantifier");
    } else if (is_one_of(U"*+?", current())) {
        advance();
    } else {
        return;
    }
    takes('?');
    if (!is_quantifiable) refuse("a quantifier of what cannot be repeated");
}

std::optional<pattern_reader::interval> pattern_reader::read_interval() {
    auto const start = at_;
    advance();
    auto const give_up = [&] { return at_ = start, std::nullopt; };
    if (!is_digit(current())) return give_up();
    interval bounds{read_number(), 0};
    bounds.most = bounds.least;
    if (takes(',')) bounds.most = current() == '}' ? no_limit : read_number();
    return takes('}') ? std::optional(bounds) : give_up();
}

std::uint64_t pattern_reader::read_number() noexcept {
    std::uint64_t n = 0;
    for (; is_digit(current()); advance()) n = std::min(no_limit, 10 * n + (current() - '0'));
    return n;
}

/// What stands behind a backslash outside a class. False for what may not be repeated.
bool pattern_reader::read_escape() {
    auto const c = next();
    if (c == end) refuse("a backslash at the end");
    if (c == 'b' || c == 'B') return skip(2), false;
    if (c >= '1' && c <= '9') {
        if (read_reference_number()) return true;
        if (unicode_) refuse("an escape that is none");
        if (c > '7') return skip(2), true;
    }
    if (is_digit(c)) {
        skip(1);
        if (unicode_ && is_digit(next())) refuse("an escape that is none");
        return read_octal(), true;
    }
    if (bool has_strings = false; read_set_escape(has_strings)) return true;
    if (c == 'k' && (unicode_ || has_names(false))) return skip(2), read_named_reference(), true;
    read_character_escape(false);
    return true;
}

/// False where there are not so many groups, before or behind.
bool pattern_reader::read_reference_number() {
    auto const start = at_;
    advance();
    auto const number = read_number();
    if (number > captures_) {
        if (!all_captures_) look_for_groups(false);
        if (number > *all_captures_) return at_ = start, false;
    }
    return true;
}

// ---- names of groups

/// Behind the '<'. Names are of characters, whatever the flags.
std::u16string pattern_reader::read_name() {
    auto const was_unicode = std::exchange(unicode_, true);
    std::u16string name;
    while (name.empty() || current() != '>') {
        auto c = current();
        if (c == '\\') {
            if (next() != 'u') refuse("a name of a group that is none");
            skip(2);
            auto const escaped = read_code_point();
            if (!escaped) refuse("an escape that is none");
            c = *escaped;
        } else if (c != end) {
            advance();
        }
        if (name.empty() ? !is_name_start(c) : !is_name_part(c)) refuse("a name of a group that is none");
        append_units(name, c);
    }
    skip(1);
    unicode_ = was_unicode;
    return name;
}

void pattern_reader::read_named_reference() {
    auto const start = at_;
    if (!takes('<')) refuse("a reference without a name");
    references_.emplace_back(read_name(), start);
}

void pattern_reader::check_references() const {
    for (auto const& [name, at] : references_)
        if (!names_.contains(name)) throw pattern_fault{"a reference to a group that there is not", at};
}

bool pattern_reader::has_names(bool in_class) {
    if (!has_names_ && !all_captures_) look_for_groups(in_class);
    return has_names_;
}

/// Counts those that are still to come, as V8 does: without a look at what else is wrong.
void pattern_reader::look_for_groups(bool in_class) noexcept {
    auto const start = at_;
    auto count = captures_;
    if (in_class) skip_class();
    while (current() != end) {
        auto const c = current();
        advance();
        if (c == '\\') {
            advance();
        } else if (c == '[') {
            skip_class();
        } else if (c == '(') {
            if (takes('?')) {
                if (!takes('<') || current() == '=' || current() == '!') continue;
                has_names_ = true;
            }
            ++count;
        }
    }
    all_captures_ = count;
    at_ = start;
}

void pattern_reader::skip_class() noexcept {
    while (current() != end) {
        auto const c = current();
        advance();
        if (c == ']') return;
        if (c == '\\') advance();
    }
}

// ---- escapes

/// \d, \S, \p{…}: those that mean many characters. False where it is none of them.
bool pattern_reader::read_set_escape(bool& has_strings) {
    auto const c = next();
    if (is_one_of(U"dDsSwW", c)) return skip(2), true;
    if (!unicode_ || (c != 'p' && c != 'P')) return false;
    skip(2);
    auto const kind = read_property();
    has_strings = kind == property_kind::of_strings;
    if (kind == property_kind::none || (has_strings && (!sets_ || c == 'P'))) refuse("a property that is not known");
    return true;
}

property_kind pattern_reader::read_property() {
    if (!takes('{')) return property_kind::none;
    auto const name = read_property_word();
    auto kind = property_kind::none;
    if (takes('='))
        kind = is_property_value(name, read_property_word()) ? property_kind::of_characters : property_kind::none;
    else
        kind = kind_of_property(name);
    return takes('}') ? kind : property_kind::none;
}

std::string pattern_reader::read_property_word() noexcept {
    std::string word;
    for (auto c = current(); c < 0x80 && c != '}' && c != '='; c = current()) {
        word.push_back(static_cast<char>(c));
        advance();
    }
    return word;
}

char32_t pattern_reader::read_character_escape(bool in_class) {
    skip(1);
    auto const c = current();
    if (c == 'c') return read_control_letter(in_class);
    if (c == '0' && !is_digit(next())) return advance(), 0;
    if (is_octal_digit(c)) {
        if (unicode_) refuse("an escape that is none");
        return read_octal();
    }
    advance();
    if (is_one_of(U"fnrtv", c)) return std::u32string_view(U"\f\n\r\t\v")[std::u32string_view(U"fnrtv").find(c)];
    if (c == 'x' || c == 'u') {
        auto const meant = c == 'x' ? read_hex(2) : read_code_point();
        if (meant) return *meant;
        if (unicode_) refuse("an escape that is none");
        return c;
    }
    bool const stands_for_itself =
        unicode_ ? is_one_of(U"^$\\.*+?()[]{}|/", c) || (c == '-' && in_class) : c != 'k' || !has_names(in_class);
    if (!stands_for_itself) refuse("an escape that is none");
    return c;
}

/// \cA. Without a letter the backslash is a character, and the c the next one.
char32_t pattern_reader::read_control_letter(bool in_class) {
    auto const letter = next();
    auto const upper = letter & ~0x20U;
    if ((upper >= 'A' && upper <= 'Z') || (in_class && !unicode_ && (is_digit(letter) || letter == '_'))) {
        skip(2);
        return letter & 0x1F;
    }
    if (unicode_) refuse("an escape that is none");
    return '\\';
}

char32_t pattern_reader::read_octal() noexcept {
    char32_t value = 0;
    for (int digits = 0; digits < 3 && is_octal_digit(current()) && value < 32; ++digits, advance())
        value = 8 * value + (current() - '0');
    return value;
}

std::optional<char32_t> pattern_reader::read_hex(int digits) noexcept {
    auto const start = at_;
    char32_t value = 0;
    for (int i = 0; i < digits; ++i, advance()) {
        auto const digit = hex_value(current());
        if (digit < 0) return at_ = start, std::nullopt;
        value = 16 * value + static_cast<char32_t>(digit);
    }
    return value;
}

/// Behind \u: four digits, two times four that are one character, or {…}.
std::optional<char32_t> pattern_reader::read_code_point() noexcept {
    auto const start = at_;
    if (unicode_ && takes('{')) {
        char32_t value = 0;
        int digits = 0;
        for (; hex_value(current()) >= 0 && value <= 0x10FFFF; ++digits, advance())
            value = 16 * value + static_cast<char32_t>(hex_value(current()));
        if (digits > 0 && value <= 0x10FFFF && takes('}')) return value;
        return at_ = start, std::nullopt;
    }
    auto const value = read_hex(4);
    if (!value || !unicode_ || !is_lead(*value) || current() != '\\' || next() != 'u') return value;
    auto const behind = at_;
    skip(2);
    auto const second = read_hex(4);
    if (second && is_trail(*second)) return joined(*value, *second);
    at_ = behind;
    return value;
}

} // namespace parlance::js
