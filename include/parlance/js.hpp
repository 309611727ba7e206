#pragma once
/// What JavaScript has and JSON has not: undefined, bigints, dates, maps, bytes, cycles. The values that Node's
/// `advanced` serialization carries, and V8's structured-clone format (docs/js.md).
///
///     js::object order;
///     order["id"] = js::bigint(9007199254740993);
///     order["at"] = js::date(std::chrono::system_clock::now());
///     order["photo"] = js::bytes::buffer(png);
///     co_await child.channel().send(js::value(order));

#include <parlance/js_value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance::js {

/// The object that `to` means in the message `root`; null where there is none. Walks the message.
value const* resolve(value const& root, reference to) noexcept;
/// Adds `by` to every reference in `v`: what stood alone becomes part of another message, or the reverse.
void shift_references(value& v, std::ptrdiff_t by);

// ---- V8's structured clone

/// How large a message may be, and how deep: what a peer sends is never believed.
struct limits {
    std::size_t depth = 1000;        ///< objects in objects; more than 1,000 counts as 1,000
    std::size_t values = 16'000'000; ///< in one message, names among them; each takes some 40 bytes
};
/// Node's child_process writes a byte more before each Buffer than `v8.serialize` does.
enum class dialect { channel, v8 };

/// Version 15, as V8 writes it. Throws failure: errc::invalid_argument, with the path, for what no reader would take: a
/// hole outside an array, a reference to an object that has not begun (or, in the cause of an Error, to that Error), a
/// RegExp with flags that do not exist or whose source is no pattern, an Error of no known name, text that is not
/// UTF-8; and for more than 1,000 objects in each other. A date beyond the limits is written as invalid.
std::string v8_encode(value const&, dialect = dialect::channel);
/// Versions 13 to 15. Bytes behind the value are ignored, as V8 does. Throws failure: errc::bad_frame with the byte.
value v8_decode(std::string_view data, dialect = dialect::channel, limits = {});

// ---- JSON

/// One thing that JSON could not say.
struct loss {
    std::string path; ///< "$.items[3].at"
    std::string what; ///< "a Map becomes {}", "undefined is left out"
    bool operator==(loss const&) const = default;
};
/// As JSON.stringify has it: dates become ISO strings, a Buffer {"type":"Buffer","data":[…]}, maps and errors {}, NaN
/// null; undefined members are left out (a message that is undefined becomes none). What is lost is told in `losses`.
/// Throws failure: errc::not_json for a bigint and for a cycle, with the path. An object in two places is written
/// twice.
std::optional<std::string> to_json(value const&, std::vector<loss>* losses = nullptr);
/// The same as a Boost value; half a surrogate pair, which that has not, becomes U+FFFD.
std::optional<json::value> to_json_value(value const&, std::vector<loss>* losses = nullptr);

/// JSON that loses nothing: what JSON has not is an object with one key, `{"$bigint":"-12"}` (docs/js.md). The
/// command's
/// `--serialization advanced` reads and writes it. Regular expressions are not counted by `$ref`: a second one is
/// written again.
std::string to_tagged_json(value const&);
/// Throws failure: errc::not_json, and invalid_argument with the path for a form that is not known.
value from_tagged_json(std::string_view text);
inline value from_tagged_json(char const* text) { return from_tagged_json(std::string_view(text)); }
value from_tagged_json(json::value const&);

} // namespace parlance::js
