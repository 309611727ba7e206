#pragma once
/// What `tap` shows of a talk, in words and as JSON. Pure, but for the time zone.

#include "cli/output.hpp"
#include "cli/tap_cutter.hpp"

#include <parlance/process.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace parlance::cli {

enum class tap_direction { to_program, from_program };

/// Something that passed.
struct tap_record {
    tap_direction direction = tap_direction::to_program;
    piece_kind kind = piece_kind::whole;
    std::chrono::system_clock::time_point time{}; ///< when its last byte was read
    std::size_t bytes = 0;                        ///< without what the framing puts around it
    std::string text{};
    std::string_view reason{}; ///< a literal
    bool is_json = false;
};
/// Whether its text is JSON, and a whole line that is none is stray; a body that says that it is a message is one. A
/// value of V8's (length_prefix) becomes tagged JSON.
void judge(tap_record&, framing);

struct tap_sums {
    std::uint64_t messages = 0;
    std::uint64_t others = 0; ///< what was no message
    std::uint64_t handles = 0;
    std::uint64_t bytes = 0; ///< all that passed
};

/// The last line.
struct tap_summary {
    std::array<tap_sums, 2> sums{}; ///< by direction
    std::uint64_t left_out = 0;     ///< records that could not be shown
    bool left_open = false;         ///< the program left a process behind that holds its output open
    std::chrono::system_clock::time_point time{};
    process_end end{};
};

/// How to show it.
struct tap_look {
    output const* paints = nullptr; ///< where it is shown
    std::size_t columns = 0;        ///< longer texts are cut; 0: never
};

/// `16:40:12.123     +12.345ms ->      54B  {"n":1}`, without a newline. What could move a cursor is escaped.
/// `since` is the time since the record before.
std::string in_words(tap_record const&, std::chrono::microseconds since, tap_look const&);
/// `{"time":"2026-11-23T16:40:12.123Z","ms":12.345,"direction":"in","bytes":54,"message":{"n":1}}`; what is no JSON has
/// "text" in place of "message", and "kind".
std::string as_json(tap_record const&, std::chrono::microseconds since);

std::string in_words(tap_summary const&, tap_look const&);
std::string as_json(tap_summary const&);

/// Said in place of records that were not shown.
std::string left_out_in_words(std::uint64_t records, tap_look const&);
std::string left_out_as_json(std::uint64_t records);

} // namespace parlance::cli
