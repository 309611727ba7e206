#include "cli/socket_words.hpp"

#include "cli/input_lines.hpp"
#include "cli/json_line.hpp"
#include "cli/message_argument.hpp"
#include "cli/talk.hpp"
#include "socket/default_path.hpp"
#include "wire/json_member.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace parlance::cli {
namespace {

problem bad_order(std::string what, std::size_t number) {
    problem told;
    told.code = "invalidArgument";
    told.message = std::move(what);
    told.input = "standard input";
    told.place = "line " + std::to_string(number);
    told.facts["line"] = number;
    return told;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
    std::uint64_t number = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The text of a JSON string; none where it is none.
std::optional<std::string> string_in(std::string_view json) {
    if (json.size() < 2 || json.front() != '"') return std::nullopt;
    return wire::unescaped(json.substr(1, json.size() - 2));
}

bool is_about_one_message(boost::system::error_code code) {
    return is_fault_of_a_message(code) || code == errc::peer_closed || code == errc::channel_closed ||
           code == errc::not_connected || code == errc::offline_buffer_full;
}

/// To the end of our input. Throws what ends it before.
asio::awaitable<bool> read_orders(socket_request const& asked, bool many, command_line& line,
                                  order_handler const& obey) {
    stream input(reopened(STDIN_FILENO, O_RDONLY));
    input_lines lines;
    bool good = true;
    for (bool ended = false; !ended;) {
        auto const got = co_await input.read_some(lines.room());
        lines.took(got);
        ended = got == 0;
        while (auto const next = lines.next(ended)) {
            if (next->find_first_not_of(" \t\r") == next->npos) continue;
            try {
                co_await obey(order_in(*next, lines.number(), asked, many));
            } catch (problem const& told) {
                line.tell(told);
                good = false;
            } catch (failure const& fault) {
                if (!is_about_one_message(fault.code())) throw;
                auto told = explained(fault);
                told.place = "line " + std::to_string(lines.number());
                line.tell(std::move(told));
                good = false;
            }
        }
        if (lines.waiting_bytes() > input_lines::limit_bytes) {
            lines.skip_line();
            line.tell(bad_order("a line longer than 64 MiB", lines.number()));
            good = false;
        }
    }
    co_return good;
}

} // namespace

void add_socket_options(CLI::App& app, socket_request& asked) {
    app.add_option("ID", asked.id, "The server's name: part of the path, /tmp/app.ID")->required();
    app.add_option("--path", asked.path, "The socket's path, instead of the usual one")->type_name("P");
    app.add_option("--tcp", asked.tcp, "TCP instead of a path: HOST:PORT, or PORT on 127.0.0.1")
        ->type_name("HOST:PORT");
    app.add_option("--socket-root", asked.socket_root, "The directory of the usual path (default: /tmp/)")
        ->type_name("D");
    app.add_option("--appspace", asked.appspace, "What stands before ID in the usual path (default: app.)")
        ->type_name("S");
    app.add_flag("--private", asked.is_private, "A directory that only we may enter, below XDG_RUNTIME_DIR");
    app.add_flag("--raw", asked.raw, "No messages: bytes as they come, and `data` is their text");
    app.add_option("--encoding", asked.encoding, "With --raw: how bytes are text (default: utf8)")
        ->type_name("hex|base64|utf8");
    app.add_option("--delimiter", asked.delimiter, "The byte behind each message (default: \\f)")->type_name("C");
    app.add_option("--udp", asked.udp, "UDP instead of a path")->type_name("HOST:PORT");
    app.add_option("--tls-cert", asked.tls_cert, "TLS: our certificate, a PEM file")->type_name("F");
    app.add_option("--tls-key", asked.tls_key, "TLS: the certificate's key, a PEM file")->type_name("F");
    app.add_option("--tls-ca", asked.tls_ca, "TLS: whose certificates are believed, a PEM file")->type_name("F");
    app.add_option("--max-size", asked.max_size, "The most bytes of a message (default: 64MiB)")->type_name("SIZE");
}

std::optional<tls_options> tls_options_of(socket_request const& asked) {
    bool const files = !asked.tls_cert.empty() || !asked.tls_key.empty() || !asked.tls_ca.empty();
    if (!files && !asked.tls && !asked.tls_insecure) return std::nullopt;
    if (asked.tcp.empty()) throw usage_problem("TLS is for --tcp");
    if (asked.tls_cert.empty() != asked.tls_key.empty()) throw usage_problem("--tls-cert and --tls-key go together");
    return tls_options{
        .certificate = asked.tls_cert, .key = asked.tls_key, .ca = asked.tls_ca, .verify = !asked.tls_insecure};
}

char delimiter_value(std::string const& text) {
    constexpr std::array named{std::pair{'n', '\n'}, std::pair{'t', '\t'}, std::pair{'r', '\r'}, std::pair{'f', '\f'},
                               std::pair{'0', '\0'}};
    if (text.size() == 1) return text[0];
    if (text.size() == 2 && text[0] == '\\')
        for (auto const& [letter, byte] : named)
            if (letter == text[1]) return byte;
    throw usage_problem("--delimiter is one character, not `" + text + "`", "or \\n, \\t, \\r, \\f, \\0");
}

address socket_place(socket_request const& asked) {
    if (static_cast<int>(!asked.path.empty()) + static_cast<int>(!asked.tcp.empty()) +
            static_cast<int>(!asked.udp.empty()) + static_cast<int>(asked.is_private) >
        1)
        throw usage_problem("--path, --tcp, --udp and --private do not go together");
    if (!asked.path.empty()) return address::unix_path(asked.path);
    if (!asked.udp.empty()) {
        auto const place = parse_host_and_port(asked.udp);
        if (!place) throw usage_problem("--udp is HOST:PORT, not `" + asked.udp + "`", "[::1]:8000 for IPv6");
        return address::udp(place->host, place->port);
    }
    if (!asked.tcp.empty()) {
        auto const place = parse_host_and_port(asked.tcp);
        if (!place) throw usage_problem("--tcp is HOST:PORT, not `" + asked.tcp + "`", "[::1]:8000 for IPv6");
        return address::tcp(place->host, place->port);
    }
    auto const appspace = asked.appspace.empty() ? std::string("app.") : asked.appspace;
    if (asked.id.empty()) throw usage_problem("ID is empty");
    if (asked.is_private) return address::unix_path(private_path(appspace, asked.id));
    auto root = asked.socket_root.empty() ? std::string("/tmp/") : asked.socket_root;
    if (!root.ends_with('/')) root += '/';
    return address::unix_path(default_path(root, appspace, asked.id));
}

socket_order order_in(std::string_view line, std::size_t number, socket_request const& asked, bool many) {
    auto const json = checked_json(line, "standard input", number);
    if (json.front() != '{')
        throw bad_order(many ? R"(not an order: {"socket":1,"type":"message","data":…} sends a message)"
                             : R"(not a message: {"type":"message","data":…} is one)",
                        number);
    socket_order order;
    if (auto const socket = wire::member_of(json, "socket"); many && !socket.empty()) {
        order.socket = number_in(socket);
        if (!order.socket) throw bad_order("`socket` is a number, that of a connect event", number);
    }
    if (auto const close = wire::member_of(json, "close"); many && !close.empty()) {
        order.close = close == "true";
        if (!order.close || !order.socket) throw bad_order(R"(to close one: {"socket":1,"close":true})", number);
        return order;
    }
    auto const data = wire::member_of(json, "data");
    if (asked.raw) {
        auto const text = string_in(data);
        auto const encoding = parse_text_encoding(asked.encoding);
        if (!text) throw bad_order("`data` is a string, with --raw", number);
        order.data = bytes_of(*text, encoding.value_or(text_encoding::utf8));
        return order;
    }
    auto const type = string_in(wire::member_of(json, "type"));
    if (!type) throw bad_order("a message needs a `type`, a string", number);
    order.type = *type;
    order.data = data.empty() ? "{}" : std::string(data);
    return order;
}

std::string line_of(socket_event const& event, bool raw, bool many) {
    if (event.what == happened::destroy) return {};
    json_line line;
    line.text("event", name_of(event.what));
    if (many && event.peer.number() > 0) line.number("socket", event.peer.number());
    switch (event.what) {
    case happened::message:
        if (raw) {
            line.value("data", event.json());
        } else {
            line.text("type", event.type());
            if (!event.text().empty()) line.json("data", event.text());
        }
        break;
    case happened::error: line.text("code", name_of(event.fault->code())).text("message", event.fault->what()); break;
    case happened::disconnect:
        if (many) line.value("id", event.peer.id());
        break;
    default: break;
    }
    return line.str() + '\n';
}

asio::awaitable<bool> print_event(stream& output, std::string text) {
    if (text.empty()) co_return true;
    auto const written = co_await as_result(output.write(std::move(text)));
    if (!written && written.error().code() != errc::peer_closed) throw written.error();
    co_return static_cast<bool>(written);
}

asio::awaitable<bool> carry_orders(socket_request const& asked, bool many, command_line& line,
                                   order_handler const& obey) {
    try {
        auto const good = co_await read_orders(asked, many, line, obey);
        co_return good;
    } catch (failure const& fault) {
        line.tell(explained(fault));
    } catch (problem const& told) {
        line.tell(told);
    }
    co_return false;
}

} // namespace parlance::cli
