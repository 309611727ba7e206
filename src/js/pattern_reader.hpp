#pragma once
/// Reads a pattern from left to right. The outer grammar is in pattern.cpp, what stands between brackets in
/// pattern_class.cpp.

#include "js/pattern.hpp"
#include "js/pattern_tables.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parlance::js {

class pattern_reader {
public:
    /// `unicode`: with the flag u or v.
    pattern_reader(std::u16string_view source, bool unicode, bool sets) noexcept
        : source_(source), unicode_(unicode), sets_(sets) {}

    /// Throws pattern_fault.
    void read();

private:
    /// What is current at the end; no character.
    static constexpr char32_t end = 0xFFFFFFFF;
    static constexpr std::uint64_t no_limit = 0x7FFFFFFF; ///< of a quantifier: what is above counts as this

    // characters
    char32_t character_at(std::size_t at) const noexcept;
    char32_t current() const noexcept { return character_at(at_); }
    char32_t next() const noexcept;
    void advance() noexcept { at_ += current() > 0xFFFF ? 2 : 1; }
    void skip(std::size_t units) noexcept { at_ += units; } ///< all of them below U+10000
    bool takes(char32_t c) noexcept;
    [[noreturn]] void refuse(std::string_view reason) const { throw pattern_fault{reason, at_}; }

    // groups, atoms and quantifiers
    enum class group { capturing, grouping, lookahead, lookbehind };
    void open_group();
    bool close_group();
    bool read_term();
    bool read_escape();
    bool read_reference_number();
    void read_quantifier(bool is_quantifiable);
    struct interval {
        std::uint64_t least, most;
    };
    std::optional<interval> read_interval();
    std::uint64_t read_number() noexcept;

    // names of groups
    std::u16string read_name();
    void read_named_reference();
    bool has_names(bool in_class);
    void look_for_groups(bool in_class) noexcept;
    void skip_class() noexcept;
    void check_references() const;

    // escapes
    bool read_set_escape(bool& has_strings);
    property_kind read_property();
    std::string read_property_word() noexcept;
    char32_t read_character_escape(bool in_class);
    char32_t read_control_letter(bool in_class);
    char32_t read_octal() noexcept;
    std::optional<char32_t> read_hex(int digits) noexcept;
    std::optional<char32_t> read_code_point() noexcept;

    // classes
    void read_class();
    void read_ranges();
    std::optional<char32_t> read_range_end();
    /// What a class of the flag v is made of.
    enum class operand { character, range, set };
    struct set_part {
        operand what;
        char32_t character = 0;
        bool has_strings = false; ///< it may match more or less than one character
    };
    bool read_set();
    bool read_set_operation(set_part first, char32_t sign);
    bool read_set_union(set_part first);
    set_part read_set_operand();
    char32_t read_set_character();
    bool read_strings();

    std::u16string_view const source_;
    bool unicode_; ///< also while a name is read
    bool const sets_;
    std::size_t at_ = 0;
    std::size_t class_depth_ = 0;

    std::vector<group> open_;
    std::size_t captures_ = 0; ///< that have begun
    std::optional<std::size_t> all_captures_;
    bool has_names_ = false;
    std::set<std::u16string> names_;
    std::vector<std::pair<std::u16string, std::size_t>> references_; ///< and where they stand
};

} // namespace parlance::js
