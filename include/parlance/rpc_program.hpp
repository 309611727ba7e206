#pragma once
/// A JSON-RPC server that we start ourselves: a language server, an MCP server, any program that answers on its
/// standard input and output. Its whole tree ends with it, also where it ignores the end of its input.
///
///     rpc_program clangd("clangd", {"--log=error"}, {.protocol = rpc_protocol::lsp});
///     json::value const hello{{"capabilities", json::object()}};
///     co_await clangd.talk().initialize(hello);
///     auto const where = co_await clangd.talk().call("textDocument/definition", at);
///     co_await clangd.end();

#include <parlance/process.hpp>
#include <parlance/rpc.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

/// Everything is copied; views need only live until the program is started.
struct rpc_program_options {
    rpc_protocol protocol = rpc_protocol::plain;
    std::optional<framing> frames{}; ///< none: content_length with `lsp`, else lines
    rpc_options talk{};        ///< but for protocol, name and strays, which `channel.noise` says too: what is noise on
                               ///< its standard output is passed over, or ends the talk, and is not answered
    channel_options channel{}; ///< but for the name
    spawn_options process{}; ///< `cwd`, `env`, `limits`, `stop`, …; `in` and `out` are the talk's own, and `ends_tree`
                             ///< is set
    std::chrono::milliseconds goodbye_within{2000}; ///< for the answer to `shutdown`
    std::chrono::milliseconds leave_within{2000};   ///< to end by itself when its input has; then `process.stop`
};

/// Move-only; not thread-safe; it may not outlive the event loop. Dropped, it is killed with its tree and reaped.
class rpc_program {
public:
    /// Starts it. Throws as `spawn`.
    explicit rpc_program(std::string const& program, std::vector<std::string> const& args = {},
                         rpc_program_options const& options = {});
    rpc_program(rpc_program&&) noexcept;
    rpc_program& operator=(rpc_program&&) noexcept;
    ~rpc_program();

    /// The conversation. Calls that wait when the program dies fail with errc::peer_closed.
    rpc& talk() noexcept;
    child& process() noexcept;
    /// What it prints that is no message: lines that are no JSON, and JSON that is no JSON-RPC. By default these go to
    /// our standard error (`channel.noise`).
    void on_noise(std::function<void(std::string_view)> hear);

    /// Ends it in good order and waits: `rpc::goodbye`, within `goodbye_within`, the end of its input, and when it is
    /// still there after `leave_within`, the stop plan, for its whole tree. Says how it ended. Calls under way fail
    /// with errc::peer_closed. May be called again. Cancelled, it is killed with its tree.
    asio::awaitable<process_end> end();

private:
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace parlance
