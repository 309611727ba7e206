#pragma once
/// V8's structured-clone format, as Node 20 writes it: docs/js.md says what it is, this what its bytes are.

#include <parlance/js.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::js::v8 {

inline constexpr unsigned char header = 0xFF;
inline constexpr std::uint32_t oldest_version = 13, version = 15;

enum tag : unsigned char {
    padding = 0x00,
    undefined_tag = '_',
    null_tag = '0',
    true_tag = 'T',
    false_tag = 'F',
    int32_tag = 'I',
    uint32_tag = 'U', ///< read, never written
    double_tag = 'N',
    bigint_tag = 'Z',
    latin1_string = '"',
    utf16_string = 'c',
    utf8_string = 'S', ///< read, never written
    reference_tag = '^',
    object_begin = 'o',
    object_end = '{',
    dense_begin = 'A',
    dense_end = '$',
    sparse_begin = 'a',
    sparse_end = '@',
    hole_tag = '-',
    date_tag = 'D',
    true_object = 'y',
    false_object = 'x',
    number_object = 'n',
    bigint_object = 'z',
    string_object = 's',
    regexp_tag = 'R',
    map_begin = ';',
    map_end = ':',
    set_begin = '\'',
    set_end = ',',
    array_buffer_tag = 'B',
    resizable_buffer_tag = '~',
    view_tag = 'V', ///< behind an ArrayBuffer; read, never written
    error_tag = 'r',
    host_object = '\\', ///< Node's own: Buffers, typed arrays, DataViews
    object_count = '?', ///< read, never written
};

/// What follows `error_tag`, until `end`; a class has one of its own before them.
enum error_part : unsigned char { message_part = 'm', cause_part = 'c', stack_part = 's', error_end = '.' };

struct error_class {
    char part;
    std::string_view name;
};
inline constexpr std::array<error_class, 6> error_classes{{{'E', "EvalError"},
                                                           {'R', "RangeError"},
                                                           {'F', "ReferenceError"},
                                                           {'S', "SyntaxError"},
                                                           {'T', "TypeError"},
                                                           {'U', "URIError"}}};

struct regexp_flag {
    char letter;
    std::uint32_t bit;
};
inline constexpr std::array<regexp_flag, 8> regexp_flags{
    {{'d', 128}, {'g', 1}, {'i', 2}, {'m', 4}, {'s', 32}, {'u', 16}, {'v', 256}, {'y', 8}}};
inline constexpr char const* flags_are = "each of dgimsuvy at most once, u and v not both";
/// None for a letter that is no flag, or is there twice, and for u and v together.
std::optional<std::uint32_t> flag_bits(std::string_view letters) noexcept;
bool are_flags(std::uint32_t bits) noexcept;  ///< the same for bits
std::string flag_letters(std::uint32_t bits); ///< in the order of JavaScript

/// What follows `view_tag`.
struct view_letter {
    char letter;
    view what;
};
inline constexpr std::array<view_letter, 12> view_letters{{{'b', view::int8},
                                                           {'B', view::uint8},
                                                           {'C', view::uint8_clamped},
                                                           {'w', view::int16},
                                                           {'W', view::uint16},
                                                           {'d', view::int32},
                                                           {'D', view::uint32},
                                                           {'f', view::float32},
                                                           {'F', view::float64},
                                                           {'q', view::bigint64},
                                                           {'Q', view::biguint64},
                                                           {'?', view::data_view}}};
inline constexpr std::uint32_t length_tracking = 1, resizable = 2;

/// Node numbers its views as `view` does, up to this one.
inline constexpr std::uint32_t last_host_view = 12;

/// A string as it lies in the message.
struct wire_text {
    enum class form : std::uint8_t { latin1, utf16, utf8 };
    std::string_view bytes{};
    form in = form::latin1;
};

/// A member's name: a string, or a number that stands for one.
struct wire_name {
    wire_text text{};
    double number = 0;
    bool is_number = false;
};

/// The text as ours are, and what a name is as text.
std::string to_text(wire_text const&);
std::string to_text(wire_name const&);
/// Is it this text, which is ASCII?
bool is(wire_text const&, std::string_view ascii) noexcept;
bool starts_with(wire_text const&, std::string_view ascii) noexcept;
/// The array index that it is.
std::optional<std::uint32_t> index_of_number_or_digits(wire_name const&) noexcept;
inline std::optional<std::uint32_t> index_of(wire_name const& name) noexcept {
    auto const& bytes = name.text.bytes;
    bool const may_be = name.is_number || (!bytes.empty() && bytes[0] >= '0' && bytes[0] <= '9');
    return may_be ? index_of_number_or_digits(name) : std::nullopt;
}

} // namespace parlance::js::v8
