#pragma once
/// What `serve` and `connect` have in common: their options, the lines that they read and those that they print.

#include "cli/command_line.hpp"
#include "cli/values.hpp"

#include <parlance/socket.hpp>
#include <parlance/stream.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace parlance::cli {

struct socket_request {
    std::string id{}, path{}, tcp{}, udp{}, socket_root{}, appspace{}, max_size{}, delimiter{}, encoding{};
    std::string tls_cert{}, tls_key{}, tls_ca{};
    bool is_private = false, raw = false, tls = false, tls_insecure = false;
};
void add_socket_options(CLI::App&, socket_request&);

/// Where it is, as the options say. Throws problem (usage); failure.
address socket_place(socket_request const&);
/// `--delimiter`: one byte, or \n, \t, \r, \f, \0. Throws problem.
char delimiter_value(std::string const& text);
/// What `--tls-…` asks for, in views of the request; none where there is none of them. Throws problem.
std::optional<tls_options> tls_options_of(socket_request const&);
/// The options that servers and clients share, in views of the request. Throws problem.
template <class Options> Options socket_options_of(socket_request const& asked) {
    Options out;
    out.raw = asked.raw;
    out.tls = tls_options_of(asked);
    if (!asked.delimiter.empty()) out.delimiter = delimiter_value(asked.delimiter);
    if (!asked.max_size.empty()) out.message_limit_bytes = size_value("--max-size", asked.max_size);
    if (!asked.encoding.empty()) {
        auto const known = parse_text_encoding(asked.encoding);
        if (!known || !asked.raw)
            throw usage_problem("--encoding is hex, base64 or utf8, of --raw, not `" + asked.encoding + "`");
        out.encoding = *known;
    }
    return out;
}

/// What a line of our input asks for.
struct socket_order {
    std::optional<std::uint64_t> socket{}; ///< none: all
    bool close = false;
    std::string type{}; ///< none with --raw
    std::string data{}; ///< JSON as it was spelled; raw: the bytes
    bool operator==(socket_order const&) const = default;
};
/// Pure. Throws problem (invalidJson, and usage's words for what makes no sense, exit 1).
socket_order order_in(std::string_view line, std::size_t number, socket_request const& asked, bool many);

/// What is printed of an event, with the socket's number where there are many; empty of those that are not printed.
std::string line_of(socket_event const&, bool raw, bool many);

/// Writes what is printed of an event, if anything. False where nobody reads it any more. Throws failure.
asio::awaitable<bool> print_event(stream& output, std::string text);

/// Reads our standard input to its end. `obey` is given each order; what it throws of one message is told, and the next
/// line is read. False where a line was bad, or the input could not be read to its end, which is told too.
using order_handler = std::function<asio::awaitable<void>(socket_order)>;
asio::awaitable<bool> carry_orders(socket_request const& asked, bool many, command_line& line,
                                   order_handler const& obey);

} // namespace parlance::cli
