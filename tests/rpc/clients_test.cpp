// vscode-jsonrpc drives a server of ours; and our own standard output has nothing but messages on it.
#include "rpc/peers.hpp"

namespace parlance::testing {
namespace {

void is_driven_over(std::string const& way) {
    NEEDS(rpc_peers_folder() + "/node_modules/vscode-jsonrpc");
    auto const end =
        exec_file_sync("node", {rpc_peers_folder() + "/vscode_jsonrpc.js", way, PARLANCE_RPC_SERVER}, {.timeout = 50s});
    auto out = end.check().out;
    std::string const printed = "stderr a library of ours prints to standard output\n";
    auto const at = out.find(printed);
    if (way == "stdio") {
        EXPECT_NE(at, out.npos) << out;
    }
    if (at != out.npos) out.erase(at, printed.size());
    if (way == "ipc") { // there standard output is nobody's
        EXPECT_EQ(at, out.npos);
    }
    EXPECT_EQ(out, "add 42\n"
                   "fail -32001 as you wish [1,2]\n"
                   "nothing -32601 there is no method `nothing` undefined\n"
                   "misfit -32602 params[1]: not a number {\"where\":\"params[1]\"}\n"
                   "ask {\"you said\":{\"to\":{\"n\":1}}}\n"
                   "progress begin\n"
                   "count -32800 the request was cancelled undefined\n"
                   "shutdown null\n"
                   "exit 0 null\n");
}

TEST(rpc_server, is_driven_by_vscode_jsonrpc_over_stdio) { is_driven_over("stdio"); }
TEST(rpc_server, is_driven_by_vscode_jsonrpc_over_nodes_channel) { is_driven_over("ipc"); }

TEST(own_stdio, has_nothing_but_messages_on_standard_output) {
    auto const request = std::string(R"({"jsonrpc":"2.0","id":1,"method":"shutdown"})");
    auto const framed = "Content-Length: " + std::to_string(request.size()) + "\r\n\r\n" + request;
    auto const end = exec_file_sync(PARLANCE_RPC_SERVER, {}, {.input = framed, .timeout = 50s});
    auto const reply = std::string(R"({"jsonrpc":"2.0","id":1,"result":null})");
    EXPECT_EQ(end.check().out, "Content-Length: " + std::to_string(reply.size()) + "\r\n\r\n" + reply);
    EXPECT_EQ(end.err, "a library of ours prints to standard output\n");
}

} // namespace
} // namespace parlance::testing
