#include "cli/problem.hpp"

#include "cli/json_line.hpp"
#include "cli/printable.hpp"

#include <boost/json/serialize.hpp>

namespace parlance::cli {
namespace {

std::string fact(json::object const& facts, std::string_view key) {
    auto const* value = facts.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// What to type against the commonest faults; empty where the failure's own mend is the best there is.
std::string typed_mend(boost::system::error_code code, json::object const& facts) {
    auto const queue = fact(facts, "queue");
    auto const name = queue.empty() ? "NAME" : queue;
    if (code == errc::queue_not_found)
        return "`parlance queue create " + name + "` makes it, `parlance queue list` shows all";
    if (code == errc::queue_exists) return "`parlance queue set " + name + "` changes its options";
    if (code == errc::message_too_long)
        return "`parlance queue set " + name + " --max-size unlimited` takes messages of any length";
    if (code == errc::lease_lost) return "another consumer has it, or it waits again; receive it anew";
    if (code == errc::no_attribute_supplied) return "give at least one option, such as --vt 60s; --help lists them";
    return {};
}

int status_of(boost::system::error_code code) {
    if (code == errc::timed_out) return status::timed_out;
    if (code == errc::program_not_found) return status::not_found;
    if (code == errc::program_not_executable) return status::not_executable;
    return status::failed;
}

std::string place_of(failure_details const& details) {
    std::string place;
    if (details.line) place += "line " + std::to_string(*details.line);
    if (details.column) place += (place.empty() ? "" : ", ") + ("column " + std::to_string(*details.column));
    if (place.empty() && details.offset_bytes) place = "byte " + std::to_string(*details.offset_bytes);
    return place;
}

} // namespace

problem usage_problem(std::string message, std::string hint) {
    problem wrong;
    wrong.code = "usage";
    wrong.message = std::move(message);
    wrong.hint = std::move(hint);
    wrong.status = status::usage;
    return wrong;
}

problem not_in_this_version(std::string what) {
    problem wrong;
    wrong.code = "notInThisVersion";
    wrong.message = "not in this version";
    wrong.input = std::move(what);
    wrong.hint = "`parlance help` lists what is";
    wrong.status = status::usage;
    return wrong;
}

problem explained(failure const& fault) {
    auto const& details = fault.details();
    problem told;
    told.code = name_of(fault.code());
    told.message = fault.message();
    told.input = details.input;
    told.place = place_of(details);
    told.facts = details.facts;
    if (details.line) told.facts["line"] = *details.line;
    if (details.column) told.facts["column"] = *details.column;
    if (details.offset_bytes) told.facts["offset"] = *details.offset_bytes;
    told.hint = typed_mend(fault.code(), details.facts);
    if (told.hint.empty()) told.hint = details.mend;
    told.status = status_of(fault.code());
    return told;
}

std::string for_people(problem const& told, output const& err) {
    auto const shown = [&](std::string const& part) { return err.is_terminal() ? printable(part) : part; };
    auto text = err.painted(paint::red, "error:") + " ";
    if (!told.input.empty()) text += shown(told.input) + ": ";
    text += shown(told.message);
    if (!told.place.empty()) text += " at " + told.place;
    text += "\n" + told.excerpt;
    if (!told.hint.empty()) text += err.painted(paint::cyan, "hint:") + " " + shown(told.hint) + "\n";
    return text;
}

std::string for_programs(problem const& told) {
    json_line error;
    error.text("code", told.code).text("message", told.message);
    if (!told.input.empty()) error.text("input", told.input);
    for (auto const& [key, value] : told.facts)
        if (key != "code" && key != "message" && key != "input" && key != "hint")
            value.is_string() ? error.text(key, value.get_string()) : error.value(key, value);
    if (!told.hint.empty()) error.text("hint", told.hint);
    return json_line().json("error", error.str()).str() + "\n";
}

} // namespace parlance::cli
