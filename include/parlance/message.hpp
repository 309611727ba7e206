#pragma once
/// What travels: one message, which owns its bytes.

#include <parlance/asio.hpp>
#include <parlance/fd.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

namespace parlance {

/// One message. Its bytes are kept as they came or were given; the JSON value is made when first asked for.
/// Move-only, since it may own a descriptor. Not thread-safe.
class message {
public:
    message() = default;
    /// The bytes as they are; nothing is checked here.
    explicit message(std::string text) noexcept : text_(std::move(text)) {}
    /// A JSON value, in Boost.JSON's compact form.
    template <class Value>
        requires std::same_as<std::remove_cvref_t<Value>, json::value>
    message(Value&& value) : message(from_json, value) {}

    /// The bytes, without the framing around them.
    std::string_view text() const& noexcept { return text_; }
    std::string text() && noexcept { return std::move(text_); }
    /// The value that the bytes spell. Parsed once. Throws failure: errc::not_json, with line and column.
    json::value const& json() const;
    /// The same, made anew in memory of the caller's choice. With an arena (`json::monotonic_resource`) that costs a
    /// third less; the arena must outlive the value and, as Boost.JSON has it, its copies.
    json::value json(json::storage_ptr memory) const;

    /// A descriptor that goes with the message, over a Unix socket only (SCM_RIGHTS); closed here once it is on its
    /// way.
    unique_fd& handle() noexcept { return handle_; }

private:
    struct from_json_t {};
    static constexpr from_json_t from_json{};
    message(from_json_t, json::value const& value);

    std::string text_;
    mutable std::unique_ptr<json::value> value_;
    unique_fd handle_;
};

/// Parses JSON as parlance does everywhere: to the end of the text, nesting up to 1,000 deep.
/// Throws failure: errc::not_json, with `input`, byte offset, line, column and what was expected there.
json::value parse_json(std::string_view text, std::string_view input = "message");

} // namespace parlance
