#include "work/verdict.hpp"

#include <cmath>

namespace parlance {
namespace {

std::string how_it_died(process_end const& end) {
    if (end.signal) return "worker died: " + name_of(*end.signal);
    if (end.code) return "worker died: exit " + std::to_string(*end.code);
    return "worker died: its status was taken by another part of the program";
}

[[noreturn]] void not_an_answer(std::string what, std::string mend) {
    throw failure(errc::bad_frame, {.input = "answer of a worker", .reason = std::move(what), .mend = std::move(mend)});
}

bool flag(json::object const& said, std::string_view name) {
    auto const* member = said.if_contains(name);
    if (!member || member->is_null()) return false;
    if (!member->is_bool())
        not_an_answer("\"" + std::string(name) + "\" is neither true nor false", "give it a boolean");
    return member->get_bool();
}

std::string error_text(json::object const& said) {
    auto const* error = said.if_contains("error");
    if (!error || error->is_null()) return "the worker said it failed";
    return error->is_string() ? std::string(error->get_string()) : json::serialize(*error);
}

std::optional<std::chrono::milliseconds> retry_after(json::object const& said) {
    auto const* seconds = said.if_contains("retry_after");
    if (!seconds || seconds->is_null()) return std::nullopt;
    double const longest = 9'999'999;
    if (!seconds->is_number() || !(seconds->to_number<double>() >= 0) || seconds->to_number<double>() > longest)
        not_an_answer("\"retry_after\" is no number of seconds", "give a number from 0 to 9999999");
    return std::chrono::milliseconds(std::llround(seconds->to_number<double>() * 1000));
}

} // namespace

verdict judge_end(process_end const& end) {
    using enum verdict::kind;
    if (end.signal || !end.code) return {crashed, how_it_died(end)};
    switch (*end.code) {
    case 0: return {done};
    case exit_later: return {later, "the worker said later (exit 75)"};
    case exit_dead: return {dead, "the worker said never again (exit 100)"};
    default: return {failed, "exit " + std::to_string(*end.code)};
    }
}

verdict judge_death(process_end const& end) { return {verdict::kind::crashed, how_it_died(end)}; }

verdict judge_overrun(std::chrono::milliseconds timeout) {
    auto const seconds = std::chrono::duration<double>(timeout).count();
    auto text = std::to_string(seconds);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return {verdict::kind::failed, "timed out after " + text + "s"};
}

answer read_answer(json::value const& said) {
    if (!said.is_object()) not_an_answer("it is no object", R"(print {"id":…,"ok":true})");
    auto const& members = said.get_object();
    auto const* id = members.if_contains("id");
    if (!id || !id->is_string()) not_an_answer("it has no \"id\"", "repeat the id of the message that it answers");
    auto const* ok = members.if_contains("ok");
    if (!ok || !ok->is_bool()) not_an_answer("it has no \"ok\"", R"(say "ok":true or "ok":false)");

    answer read{std::string(id->get_string()), {}};
    if (ok->get_bool()) return read;
    read.verdict = {verdict::kind::failed, error_text(members), retry_after(members)};
    if (flag(members, "later")) read.verdict.what = verdict::kind::later;
    if (flag(members, "dead")) read.verdict.what = verdict::kind::dead;
    return read;
}

bool goes_dead(verdict const& judged, std::uint32_t attempt, std::uint32_t max_receives) noexcept {
    using enum verdict::kind;
    if (judged.what == dead) return true;
    bool const charged = judged.what == failed || judged.what == crashed;
    return charged && max_receives != 0 && attempt >= max_receives;
}

nack_options nack_for(verdict const& judged, std::string_view err_tail, std::uint32_t max_receives) noexcept {
    using enum verdict::kind;
    nack_options options{.delay = judged.retry_after,
                         .charge = judged.what != later && judged.what != released,
                         .crashed = judged.what == crashed,
                         .dead = judged.what == dead,
                         .reason = judged.reason,
                         .err_tail = err_tail,
                         .max_receives = max_receives};
    if (judged.what == released) options.delay = std::chrono::milliseconds(0);
    return options;
}

} // namespace parlance
