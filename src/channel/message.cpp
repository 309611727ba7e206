#include <parlance/message.hpp>

#include "wire/check_json.hpp"

#include <parlance/error.hpp>

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace parlance {
namespace {

/// Above this, a parser is not kept: the memory that it grew to would stay with the thread.
constexpr std::size_t kept_parser_text_bytes = 64 << 10;

json::parse_options options() noexcept {
    json::parse_options options;
    options.max_depth = wire::depth_limit;
    return options;
}

[[noreturn]] void throw_not_json(std::string_view text, std::string_view input, json::error_code reason,
                                 std::size_t parsed) {
    auto const check = wire::check_json(text);
    auto const ours = check.state != wire::json_state::valid; // else Boost knows better: a lone surrogate, a number
    auto const at = ours ? check.at : std::min(parsed, text.size());
    auto const before = text.substr(0, at);
    auto const line_begin = before.rfind('\n') + 1; // npos + 1 is 0
    failure_details details{.input = std::string(input),
                            .offset_bytes = at,
                            .line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1,
                            .column = at - line_begin + 1,
                            .reason = "not JSON"};
    if (!ours) { // 1.81 calls an escaped half of a surrogate pair a syntax error
        auto const half = reason == json::error::syntax;
        details.reason += ", " + (half ? "an escape is one half of a surrogate pair" : reason.message());
    } else if (check.state == wire::json_state::cut_short) {
        details.reason += ", it ends too early";
    }
    if (ours) details.mend = "expected " + std::string(check.expected);
    throw failure(errc::not_json, std::move(details));
}

json::value parse_with(json::parser& parser, json::storage_ptr storage, std::string_view text, std::string_view input) {
    parser.reset(std::move(storage));
    json::error_code error;
    auto const parsed = parser.write_some(text.data(), text.size(), error);
    if (!error && parsed < text.size()) error = json::error::extra_data;
    if (error) throw_not_json(text, input, error, parsed);
    return parser.release();
}

json::value parse(json::storage_ptr storage, std::string_view text, std::string_view input) {
    if (text.size() > kept_parser_text_bytes) {
        json::parser once({}, options());
        return parse_with(once, std::move(storage), text, input);
    }
    thread_local json::parser kept({}, options());
    return parse_with(kept, std::move(storage), text, input);
}

} // namespace

message::message(from_json_t, json::value const& value) : text_(json::serialize(value)) {}

json::value const& message::json() const {
    if (!value_) value_ = std::make_unique<json::value>(parse({}, text_, "message"));
    return *value_;
}

json::value message::json(json::storage_ptr memory) const { return parse(std::move(memory), text_, "message"); }

json::value parse_json(std::string_view text, std::string_view input) { return parse({}, text, input); }

} // namespace parlance
