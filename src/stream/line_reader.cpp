#include "stream/line_reader.hpp"

#include <parlance/error.hpp>

#include <algorithm>

namespace parlance {

void check_delimiter(std::string_view delimiter) {
    if (delimiter.empty())
        throw failure(errc::invalid_argument, {.input = "the delimiter of lines", .reason = "it is empty"});
}

void stream::line_reader::end_with(std::string_view delimiter) {
    if (delimiter == delimiter_) return;
    delimiter_ = delimiter;
    scan_.scanned = 0;
}

std::optional<std::string> stream::line_reader::next(std::size_t limit_bytes) {
    for (;;) {
        auto const step = wire::cut_delimited(scan_, in_.bytes(), delimiter_, limit_bytes);
        in_.consume(step.consumed);
        if (step.state == wire::cut_state::need_more) return std::nullopt;
        if (auto line = judge(step, limit_bytes)) return line;
    }
}

std::optional<std::string> stream::line_reader::last(std::size_t limit_bytes) {
    auto const step = wire::finish_delimited(scan_, in_.bytes(), limit_bytes);
    in_.consume(step.consumed);
    return judge(step, limit_bytes);
}

/// Consumed bytes are still there.
std::optional<std::string> stream::line_reader::judge(wire::cut const& step, std::size_t limit_bytes) {
    if (step.state == wire::cut_state::whole) return std::string(step.message);
    if (step.state == wire::cut_state::too_large)
        throw failure(errc::message_too_large,
                      {.input = "reading a line",
                       .reason = "longer than the limit of " + std::to_string(limit_bytes) + " bytes",
                       .mend = "raise `limit_bytes`, or look whether the delimiter is the right one"});
    return std::nullopt;
}

std::size_t stream::line_reader::give(std::span<char> into) noexcept {
    auto const bytes = in_.bytes().substr(0, into.size());
    std::copy(bytes.begin(), bytes.end(), into.begin());
    in_.consume(bytes.size());
    scan_.scanned = 0;
    scan_.skipping = false;
    return bytes.size();
}

void stream::line_reader::forget() noexcept {
    in_.consume(in_.bytes().size());
    scan_ = {};
}

} // namespace parlance
