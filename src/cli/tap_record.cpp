#include "cli/tap_record.hpp"

#include "cli/json_line.hpp"
#include "cli/printable.hpp"
#include "cli/table.hpp"
#include "cli/values.hpp"
#include "wire/check_json.hpp"

#include <parlance/js.hpp>
#include <parlance/size.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace parlance::cli {
namespace {

using system_time = std::chrono::system_clock::time_point;
constexpr std::size_t least_places = 16;

int milliseconds_of(system_time when) {
    using namespace std::chrono;
    return static_cast<int>(floor<milliseconds>(when - floor<seconds>(when)).count());
}

std::string formatted(system_time when, bool local, char const* format) {
    auto const seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when));
    std::tm parts{};
    local ? ::localtime_r(&seconds, &parts) : ::gmtime_r(&seconds, &parts);
    char text[40], all[48];
    std::strftime(text, sizeof text, format, &parts);
    std::snprintf(all, sizeof all, "%s.%03d", text, milliseconds_of(when));
    return all;
}

std::string time_of_day(system_time when) { return formatted(when, true, "%H:%M:%S"); }
std::string in_utc(system_time when) { return formatted(when, false, "%Y-%m-%dT%H:%M:%S") + "Z"; }

std::string milliseconds_text(std::chrono::microseconds since) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3f", static_cast<double>(since.count()) / 1000);
    return text;
}

/// What it is, where it is no message of JSON.
std::string what(tap_record const& one) {
    auto const why = one.reason.empty() ? std::string() : " (" + std::string(one.reason) + ")";
    switch (one.kind) {
    case piece_kind::whole: return one.is_json ? "" : "not JSON: ";
    case piece_kind::stray: return "no message" + why + ": ";
    case piece_kind::half: return "ended inside a message: ";
    case piece_kind::too_large: return "over " + format_size(tap_cutter::limit_bytes) + ", not shown";
    case piece_kind::broken: return "the framing is broken" + why + ", from here on bytes as they come: ";
    case piece_kind::raw: return "bytes: ";
    case piece_kind::handle: return "a handle: ";
    }
    return {};
}

/// The same as programs know it: a code of the command's errors where there is one.
std::string_view kind_of(tap_record const& one) {
    switch (one.kind) {
    case piece_kind::whole: return "invalidJson";
    case piece_kind::stray: return "notAMessage";
    case piece_kind::half: return "endedInsideMessage";
    case piece_kind::too_large: return "messageTooLarge";
    case piece_kind::broken: return "badFrame";
    case piece_kind::raw: return "raw";
    case piece_kind::handle: return "handle";
    }
    return {};
}

/// Only of ' ' to '~', as most texts are; eight bytes at a time, since some are long.
bool is_harmless(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
    for (; text.size() >= sizeof ones; text.remove_prefix(sizeof ones)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data(), sizeof eight);
        if ((eight | (eight + ones) | (eight - 0x20 * ones)) & 0x80 * ones) return false; // the first one shows
    }
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// On one line, with nothing in it that a terminal obeys. In JSON a line break stands between tokens.
void add_shown(std::string& line, std::string_view text, bool is_json) {
    if (is_harmless(text)) {
        line += text;
        return;
    }
    for (auto const c : printable(is_json ? on_one_line(text) : std::string(text)))
        if (c == '\n')
            line += "\\n";
        else
            line += c == '\t' ? ' ' : c;
}

void add_text(std::string& line, tap_record const& one, std::size_t places) {
    if (places == 0) return add_shown(line, one.text, one.is_json);
    std::string shown;
    add_shown(shown, std::string_view(one.text).substr(0, 4 * places + 16), one.is_json);
    line += beginning(shown, places);
}

std::string sums_in_words(tap_sums const& sums) {
    auto text = counted(sums.messages, "message");
    if (sums.others != 0)
        text += " and " + std::to_string(sums.others) + (sums.others == 1 ? " that is none" : " that are none");
    if (sums.handles != 0) text += ", " + counted(sums.handles, "handle");
    return text + ", " + counted(sums.bytes, "byte");
}

std::string sums_as_json(tap_sums const& sums) {
    json_line line;
    line.number("messages", sums.messages).number("others", sums.others).number("bytes", sums.bytes);
    if (sums.handles != 0) line.number("handles", sums.handles);
    return line.str();
}

std::string arrow(tap_direction direction, tap_look const& look) {
    return direction == tap_direction::to_program ? look.paints->painted(paint::cyan, "->")
                                                  : look.paints->painted(paint::green, "<-");
}

void judge_value(tap_record& one) {
    try {
        one.text = js::to_tagged_json(js::v8_decode(one.text));
        one.is_json = true;
    } catch (failure const&) {
        one.kind = piece_kind::stray;
        one.reason = "it is no value of V8's";
    }
}

} // namespace

void judge(tap_record& one, framing frames) {
    if (one.kind != piece_kind::whole) return;
    if (frames == framing::length_prefix) return judge_value(one);
    one.is_json = wire::is_json(one.text);
    if (!one.is_json && frames != framing::content_length) one.kind = piece_kind::stray;
}

std::string in_words(tap_record const& one, std::chrono::microseconds since, tap_look const& look) {
    char when[40], size[40];
    std::snprintf(when, sizeof when, " %13s", ("+" + milliseconds_text(since) + "ms").c_str());
    std::snprintf(size, sizeof size, " %7zuB  ", one.bytes);
    auto line = look.paints->painted(paint::dim, time_of_day(one.time) + when) + " ";
    line += arrow(one.direction, look) + size;
    if (auto const mark = what(one); !mark.empty()) line += look.paints->painted(paint::yellow, mark);
    if (one.kind == piece_kind::too_large) return line;
    auto const used = width(line);
    auto const places = look.columns == 0 ? 0 : std::max(look.columns, used + least_places) - used;
    add_text(line, one, places);
    return line;
}

std::string as_json(tap_record const& one, std::chrono::microseconds since) {
    json_line line;
    line.text("time", in_utc(one.time)).json("ms", milliseconds_text(since));
    line.text("direction", one.direction == tap_direction::to_program ? "in" : "out").number("bytes", one.bytes);
    if (one.is_json) return line.json("message", one.text).str();
    line.text("text", one.text).text("kind", kind_of(one));
    if (!one.reason.empty()) line.text("reason", one.reason);
    return line.str();
}

std::string in_words(tap_summary const& all, tap_look const& look) {
    auto line = look.paints->painted(paint::dim, time_of_day(all.time)) + " ";
    line += arrow(tap_direction::to_program, look) + " " + sums_in_words(all.sums[0]) + "; ";
    line += arrow(tap_direction::from_program, look) + " " + sums_in_words(all.sums[1]) + "; ";
    if (all.left_out != 0) line += counted(all.left_out, "record") + " left out; ";
    add_shown(line, all.end.sentence(), false);
    return all.left_open ? line + "; a process that it left behind holds its output open" : line;
}

std::string as_json(tap_summary const& all) {
    json_line end;
    all.end.code ? end.number("code", std::int64_t{*all.end.code}) : end.null("code");
    all.end.signal ? end.text("signal", name_of(*all.end.signal)) : end.null("signal");
    end.number("duration_ms", std::int64_t{all.end.duration.count()});
    end.json("in", sums_as_json(all.sums[0])).json("out", sums_as_json(all.sums[1]));
    end.number("left_out", all.left_out).yes_no("output_complete", !all.left_open);
    return json_line().text("time", in_utc(all.time)).json("end", end.str()).str();
}

std::string left_out_in_words(std::uint64_t records, tap_look const& look) {
    return look.paints->painted(paint::yellow, "... " + counted(records, "record") +
                                                   " left out: they came faster than they were taken");
}

std::string left_out_as_json(std::uint64_t records) { return json_line().number("left_out", records).str(); }

} // namespace parlance::cli
