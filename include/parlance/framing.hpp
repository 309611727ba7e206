#pragma once
/// How whole messages are told apart in a stream of bytes. Wire: docs/framings.md.

#include <parlance/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// The framings of JSON over a stream of bytes.
enum class framing {
    lines,            ///< one value on each line, ended by `\n` (`\r\n` is read too): NDJSON, MCP
    concatenated,     ///< values with nothing between them, as `write(JSON.stringify(…))` sends them
    content_length,   ///< `Content-Length: N\r\n\r\n` and N bytes: the base protocol of LSP
    record_separator, ///< RS, a value, `\n`: JSON text sequences, RFC 7464
    length_prefix, ///< 4 bytes, big-endian, and so many bytes of any kind: Erlang's {packet, 4}, and Node's IPC channel
                   ///< with `advanced` serialization
    delimited, ///< bytes without `channel_options::delimiter`, and that: a form feed in node-ipc. Whether they are JSON
               ///< is not looked at
    chunks,    ///< no framing: what was read at once is a message, and what is sent is written as it is
};

/// "lines", "concatenated", "content-length", "record-separator", which are also their names on the command line;
/// "length-prefix", "delimited", "chunks".
std::string_view name_of(framing) noexcept;
std::optional<framing> parse_framing(std::string_view name) noexcept;

/// What becomes of bytes from a peer that are no message (a log line on its stdout).
enum class noise {
    to_stderr, ///< handed to `channel::on_noise`, or printed on our standard error
    skip,      ///< dropped
    error,     ///< errc::not_a_message
};
std::optional<noise> parse_noise(std::string_view name) noexcept;

} // namespace parlance
