#include "cli/child_options.hpp"
#include "cli/commands.hpp"
#include "cli/json_line.hpp"
#include "cli/message_argument.hpp"
#include "cli/signals.hpp"
#include "cli/talk.hpp"
#include "cli/values.hpp"

#include "base/deadline.hpp"
#include "rpc/envelope.hpp"
#include "wire/json_member.hpp"

#include <parlance/dial.hpp>
#include <parlance/duration.hpp>
#include <parlance/rpc_program.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

namespace parlance::cli {
namespace {

using steady = std::chrono::steady_clock;

struct call_request {
    std::string method, framing = "lines", noise = "stderr";
    text_option params, init, tcp, path;
    bool notify = false;
    child_request child;
};

/// What is asked of the server, checked.
struct question {
    std::string method, params, init;
    bool has_init, notify;
    steady::time_point deadline;
    std::string limit; ///< "2s"; empty: none
};

/// An object or an array on one line; empty where none was given.
std::string params_value(std::string_view name, text_option const& given, command_line& line) {
    if (!given) return {};
    auto const from_input = *given == "-";
    auto text = from_input ? read_messages({}, line).texts.front() : checked_json(*given, name);
    if (!is_structured(text))
        throw usage_problem(std::string(name) + " is an object or an array, not " + text,
                            "JSON-RPC has parameters by name, {\"a\":1}, or by position, [1]");
    return on_one_line(text);
}

question question_of(call_request const& asked, command_line& line) {
    if (asked.params == "-" && asked.init == "-")
        throw usage_problem("PARAMS and --init cannot both be read from standard input");
    question what{.method = asked.method,
                  .params = params_value("PARAMS", asked.params, line),
                  .init = params_value("--init", asked.init, line),
                  .has_init = asked.init.has_value(),
                  .notify = asked.notify,
                  .deadline = steady::time_point::max(),
                  .limit = {}};
    if (asked.child.timeout.empty()) return what;
    auto const limit = duration_value("--timeout", asked.child.timeout);
    if (limit == milliseconds(0)) throw usage_problem("--timeout must be more than 0");
    what.deadline = deadline_after(limit);
    what.limit = format_duration(limit);
    return what;
}

/// What is left for the next call; at least a moment, which then is too short.
rpc_call_options time_left(question const& what) {
    if (what.deadline == steady::time_point::max()) return {};
    auto const left = std::chrono::ceil<milliseconds>(what.deadline - steady::now());
    return {.timeout = std::max(left, milliseconds(1))};
}

rpc_params as_params(std::string const& json) { return json.empty() ? rpc_params() : rpc_params(message(json)); }

/// Asks; the bare result, or none of a notification.
asio::awaitable<std::optional<std::string>> ask(rpc& talk, question const& what) {
    if (what.has_init) co_await talk.initialize(as_params(what.init), time_left(what));
    if (what.notify) {
        co_await talk.notify(what.method, as_params(what.params));
        co_return std::nullopt;
    }
    auto const reply = co_await talk.call(what.method, as_params(what.params), time_left(what));
    co_return std::string(reply.text());
}

/// MCP's parameters name its version; language servers have none. Without a handshake nothing is agreed.
rpc_protocol protocol_of(question const& what) {
    if (!what.has_init) return rpc_protocol::plain;
    return wire::member_of(what.init, "protocolVersion").empty() ? rpc_protocol::lsp : rpc_protocol::mcp;
}

rpc_program_options program_options(call_request const& asked, question const& what, spawn_options const& process) {
    rpc_program_options options;
    options.frames = framing_value(asked.framing);
    options.channel.noise = noise_value(asked.noise);
    options.process = process;
    options.protocol = protocol_of(what); // the answer to `initialize` decides on the goodbye
    return options;
}

void print(std::optional<std::string> const& result, command_line& line) {
    if (!result) return;
    line.out().line(on_one_line(*result));
    line.out().flush();
}

problem told_of(failure const& fault, question const& what) {
    auto told = explained(fault);
    if (fault.code() != errc::timed_out) return told;
    told.message = "timed out after " + what.limit;
    told.hint = "--timeout allows more";
    return told;
}

/// How the server ended is why there is no answer.
problem told_of(failure const& fault, process_end const& end, question const& what) {
    auto told = told_of(fault, what);
    if (fault.code() != errc::peer_closed) return told;
    told.message +=
        end.signal ? " (" + name_of(*end.signal) + ")" : " (exit status " + std::to_string(end.shell_status()) + ")";
    told.facts["status"] = end.shell_status();
    return told;
}

std::function<void(std::string_view)> noise_hearer(std::string name, command_line& line) {
    return tells_noise(std::move(name), " (--noise skip drops it)", line);
}

asio::awaitable<int> call_program(std::shared_ptr<call_request> asked, command_line& line) {
    using namespace asio::experimental::awaitable_operators;
    auto const what = question_of(*asked, line);
    program_words const words(line);
    auto process = options_of(asked->child);
    process.timeout = milliseconds(0); // the question has it; the goodbye comes behind
    process.err = stdio::inherit();

    signal_watch signals;
    rpc_program server(words.program, words.arguments, program_options(*asked, what, process));
    server.on_noise(noise_hearer(server.process().command(), line));
    auto first = co_await (as_result(ask(server.talk(), what)) || signals.next());
    if (first.index() == 0 && std::get<0>(first)) print(*std::get<0>(first), line);
    auto over = co_await (server.end() || signals.next());
    if (first.index() == 1) co_return status::by_signal + std::get<1>(first).number;
    if (over.index() == 1) co_return status::by_signal + std::get<1>(over).number;
    auto const& answer = std::get<0>(first);
    if (!answer) throw told_of(answer.error(), std::get<0>(over), what);
    co_return status::done;
}

address address_of(call_request const& asked) {
    if (asked.path) return address::unix_path(*asked.path);
    auto const where = parse_host_and_port(*asked.tcp);
    if (!where)
        throw usage_problem("--tcp is HOST:PORT, not `" + *asked.tcp + "`", "for example 127.0.0.1:8000 or [::1]:8000");
    return address::tcp(where->host, where->port);
}

asio::awaitable<int> call_address(std::shared_ptr<call_request> asked, command_line& line) {
    auto const what = question_of(*asked, line);
    auto const where = address_of(*asked);
    auto const name = where.text();
    auto const noise = noise_value(asked->noise);
    auto const frames = framing_value(asked->framing);
    auto reached = co_await as_result(dial(where, {.timeout = time_left(what).timeout}));
    if (!reached) throw told_of(reached.error(), what);
    channel over(std::move(*reached), frames, {.noise = noise, .name = name});
    over.on_noise(noise_hearer(name, line));
    rpc talk(std::move(over), {.protocol = protocol_of(what),
                               .strays = noise == noise::error ? rpc_strays::end : rpc_strays::skip,
                               .name = name});
    if (noise == noise::to_stderr) talk.on_stray(noise_hearer(name, line));
    auto answer = co_await as_result(ask(talk, what));
    if (answer) print(*answer, line);
    co_await talk.goodbye();
    if (!answer) throw told_of(answer.error(), what);
    co_return status::done;
}

int call(std::shared_ptr<call_request> asked, command_line& line) {
    if (asked->tcp.has_value() + asked->path.has_value() + line.program_given() > 1)
        throw usage_problem("a program, --tcp and --path exclude each other", "name one server");
    if (asked->tcp || asked->path) return line.run_until_signal(call_address(asked, line));
    return line.run(call_program(asked, line));
}

} // namespace

void add_call(CLI::App& app, command_line& line) {
    auto asked = std::make_shared<call_request>();
    app.add_option("method", asked->method, "The method to call")->required()->type_name("METHOD");
    app.add_option("params", asked->params, "Its parameters, an object or an array; - reads them from standard input")
        ->type_name("PARAMS");
    app.add_option(
           "--init", asked->init,
           "First the handshake of language and MCP servers, with these parameters of `initialize`; the goodbye "
           "at the end")
        ->type_name("PARAMS");
    app.add_flag("--notify", asked->notify, "A notification, which is not answered; nothing is printed");
    app.add_option("--timeout", asked->child.timeout,
                   "For the answer, the handshake included: exit 124 (default: never)")
        ->type_name("D");
    app.add_option("--framing", asked->framing,
                   "How messages are told apart: lines (MCP servers), concatenated, content-length (language servers), "
                   "record-separator (default: lines)")
        ->type_name("lines|concatenated|content-length|record-separator");
    app.add_option("--tcp", asked->tcp, "Call a server that listens there, instead of a program")
        ->type_name("HOST:PORT");
    app.add_option("--path", asked->path, "The same, at a Unix socket")->type_name("PATH");
    add_noise_option(app, asked->noise);
    app.add_option("--cwd", asked->child.cwd, "The directory to start in (default: this one)")->type_name("DIR");
    app.add_option("--env", asked->child.env, "A variable of its environment, added to ours; may be repeated")
        ->type_name("K=V")
        ->allow_extra_args(false);
    line.takes_program();
    line.page(
        {.usage = "METHOD [PARAMS] [options] (-- PROGRAM [ARG...] | --tcp HOST:PORT | --path PATH)",
         .more =
             "Starts the program, calls the method (JSON-RPC 2.0 over its standard input and output), prints the bare "
             "result as JSON, and ends the program with all that it started: its input ends, and where it is still "
             "there 2 s later it gets SIGTERM, and SIGKILL after 5 s more. With --init it is said goodbye first: a "
             "language server is told `shutdown` and `exit`. A request of the server's own is answered -32601, its "
             "notifications are passed over; its standard error is ours. SIGINT and SIGTERM end it in the same way, a "
             "second one kills it.",
         .examples = {{"parlance call initialize '{\"capabilities\":{}}' --framing content-length -- clangd",
                       "what a language server can do"},
                      {"parlance call tools/list --init '{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                       "\"clientInfo\":{\"name\":\"me\",\"version\":\"1\"}}' -- npx mcp-server-memory",
                       "the tools of an MCP server"}},
         .statuses = {{"0", "answered, or the notification was sent"},
                      {"1", "failed: the server answered with an error (rpcError) or ended before it answered"},
                      {"124", "the timeout was over"},
                      {"126", "the program may not be executed"},
                      {"127", "the program was not found"},
                      {"128+N", "we were ended by signal N"}}});
    line.does([asked, &line] { return call(asked, line); });
}

} // namespace parlance::cli
