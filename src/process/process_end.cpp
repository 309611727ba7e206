#include "process/descriptor_name.hpp"

#include <parlance/duration.hpp>
#include <parlance/process.hpp>

#include <boost/asio/error.hpp>

namespace parlance {
namespace {

/// The last line that says something: not the frames of a stack, which are indented, and not the version that Node
/// prints below what was thrown; where there are only such lines, the last.
std::string telling_line(std::string_view text) {
    std::string_view last;
    while (!text.empty()) {
        auto const newline = text.rfind('\n');
        auto line = newline == std::string_view::npos ? text : text.substr(newline + 1);
        text = newline == std::string_view::npos ? std::string_view() : text.substr(0, newline);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (last.empty()) last = line;
        auto const says_something = line.front() != ' ' && line.front() != '\t' && line.front() != '^' &&
                                    line.front() != '}' && !line.starts_with("Node.js v");
        if (says_something) return std::string(line);
    }
    return std::string(last);
}

std::string by_what(process_end const& end) {
    if (end.code) return "and exited with " + std::to_string(*end.code);
    if (end.signal) return "and was ended by " + name_of(*end.signal);
    return "and ended";
}

std::string how(process_end const& end) {
    auto const after = " after " + format_duration(end.duration);
    switch (end.reason) {
    case end_reason::exited: return "exited with " + std::to_string(end.code.value_or(0)) + after;
    case end_reason::signalled:
        return "was ended by " + name_of(end.signal.value_or(signal::kill)) + after +
               (end.core_dumped ? " (core dumped)" : "");
    case end_reason::stopped: return "was told to stop " + by_what(end) + after;
    case end_reason::timed_out: return "timed out " + by_what(end) + after;
    case end_reason::silent: return "said nothing for too long " + by_what(end) + after;
    case end_reason::cancelled: return "was cancelled " + by_what(end) + after;
    case end_reason::max_buffer:
        return "had more " + (end.overflowed ? "on its " + name_of_descriptor(*end.overflowed) : "output") +
               " than max_buffer_bytes allows " + by_what(end) + after;
    case end_reason::not_started: return end.fault ? end.fault->message() : "was not started";
    case end_reason::status_taken:
        return "ended" + after + "; how is not known, since another part of this program took its status";
    }
    return "ended" + after;
}

std::string predicate(process_end const& end) {
    auto text = how(end);
    if (!end.output_complete) text += "; another process still held its output open";
    if (auto const line = telling_line(end.err_tail); !line.empty()) text += ": " + line;
    return text;
}

char const* word_for(end_reason reason) noexcept {
    switch (reason) {
    case end_reason::exited: return "exited";
    case end_reason::signalled: return "signalled";
    case end_reason::stopped: return "stopped";
    case end_reason::timed_out: return "timedOut";
    case end_reason::silent: return "silent";
    case end_reason::cancelled: return "cancelled";
    case end_reason::max_buffer: return "maxBuffer";
    case end_reason::not_started: return "notStarted";
    case end_reason::status_taken: return "statusTaken";
    }
    return "exited";
}

boost::system::error_code code_for(end_reason reason) noexcept {
    switch (reason) {
    case end_reason::timed_out:
    case end_reason::silent: return errc::timed_out;
    case end_reason::max_buffer: return errc::max_buffer;
    case end_reason::cancelled: return asio::error::operation_aborted;
    default: return errc::process_failed;
    }
}

} // namespace

std::string process_end::sentence() const {
    return reason == end_reason::not_started && fault ? fault->what() : command + ' ' + predicate(*this);
}

process_end const& process_end::check() const& {
    if (ok()) return *this;
    if (fault) throw failure(*fault);
    failure_details details{.input = command, .reason = predicate(*this)};
    details.facts = {{"command", command},
                     {"pid", pid},
                     {"reason", word_for(reason)},
                     {"code", code ? json::value(*code) : json::value(nullptr)},
                     {"signal", signal ? json::value(name_of(*signal)) : json::value(nullptr)},
                     {"duration_ms", duration.count()},
                     {"stderr", err.empty() ? err_tail : err},
                     {"output_complete", output_complete}};
    throw failure(code_for(reason), std::move(details));
}

process_end process_end::check() && {
    static_cast<process_end const&>(*this).check();
    return std::move(*this);
}

int process_end::shell_status() const noexcept {
    if (fault) return shell_status_of(*fault);
    if (code) return *code;
    return signal ? 128 + static_cast<int>(*signal) : 1;
}

} // namespace parlance
