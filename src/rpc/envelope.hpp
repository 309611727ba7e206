#pragma once
/// The objects of JSON-RPC, read and written. Pure. docs/rpc.md has the rules, tests/rpc/envelope_test.cpp the table.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

enum class envelope_kind {
    request,
    notification,
    result,    ///< the reply to a call of ours
    error,     ///< the same
    bad_reply, ///< an id and no method, but not one of a result and an error
    not_json,  ///< answered -32700
    invalid,   ///< JSON, and no JSON-RPC: answered -32600
};

/// One object. The views look into the text that it was read from, and keep its spelling.
struct envelope {
    envelope_kind kind = envelope_kind::invalid;
    std::string_view id{};     ///< empty: none; a request's is answered with as it is spelled
    std::string method{};      ///< of requests and notifications
    std::string_view params{}; ///< empty: none
    std::string_view body{};   ///< the result, or the error object
    std::string_view reason{}; ///< of `invalid` and `bad_reply`: why
};

/// What one message holds: one object, or those of a batch, at least one (an empty array is one that is `invalid`).
struct opened_message {
    std::vector<envelope> all;
    bool is_batch = false;
};
opened_message open_message(std::string_view text);

/// A string, a number or null, as an id may be, in one spelling: `"a"` for `"\u0061"`. Ids are compared by it.
std::string id_key(std::string_view id);
/// The number of a call of ours; 0 for what is none.
std::uint64_t call_number(std::string_view id) noexcept;

/// `id` 0 makes a notification; empty `params` are left out.
std::string request_text(std::uint64_t id, std::string_view method, std::string_view params);
std::string result_text(std::string_view id, std::string_view result);
/// `error` is the error object.
std::string error_text(std::string_view id, std::string_view error);
std::string error_object(int code, std::string_view message);

/// JSON without line breaks, which can only stand between its tokens.
std::string without_line_breaks(std::string json);
/// Whether it may be the parameters of a request: an object or an array.
bool is_structured(std::string_view json) noexcept;

} // namespace parlance
