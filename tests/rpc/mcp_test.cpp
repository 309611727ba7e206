// MCP's reference servers, driven by us; and its official client, driving the example.
#include "rpc/peers.hpp"

namespace parlance::testing {
namespace {

constexpr rpc_call_options patient{.timeout = 50s};

struct tool_call {
    std::string name;
    json::value arguments;
};
BOOST_DESCRIBE_STRUCT(tool_call, (), (name, arguments))

/// The text of the first content of a tool's answer.
asio::awaitable<std::string> text_of_tool(rpc& talk, std::string name, json::value arguments) {
    tool_call const asked{std::move(name), std::move(arguments)};
    auto const answer = co_await talk.call("tools/call", asked, patient);
    co_return std::string(answer.json().at("content").at(0).at("text").as_string());
}

TEST(rpc_with_mcp_server_everything, calls_tools_and_is_called) {
    auto const program = npm_program("mcp-server-everything");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        rpc_program server(path, {}, {.protocol = rpc_protocol::mcp});
        auto& talk = server.talk();
        int asked = 0;
        event was_asked;
        talk.on("roots/list", [&] {
            ++asked;
            was_asked.happen();
            return json::value{{"roots", json::array()}};
        });
        auto const about = co_await talk.initialize(mcp_hello(), patient);
        EXPECT_TRUE(about.json().at("serverInfo").is_object());
        json::value const words{{"message", "hi"}};
        auto const echo = co_await text_of_tool(talk, "echo", words);
        EXPECT_THAT(echo, HasSubstr("hi"));
        co_await was_asked.wait();
        EXPECT_GE(asked, 1) << "a request of the server's own";
        json::value const nobody{{"name", "nobody"}, {"arguments", json::object()}};
        auto const refused = co_await as_result(talk.call("prompts/get", nobody, patient));
        EXPECT_EQ(rpc_code_of(refused), rpc_code::invalid_params);
        auto const end = co_await server.end();
        EXPECT_THAT(end.err_tail, HasSubstr("STDIO")) << "its banner";
    }(program));
}

TEST(rpc_with_mcp_server_everything, hears_progress_and_cancels) {
    auto const program = npm_program("mcp-server-everything");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        rpc_program server(path, {}, {.protocol = rpc_protocol::mcp});
        auto& talk = server.talk();
        co_await talk.initialize(mcp_hello(), patient);
        event progress;
        talk.on("notifications/progress", [&] { progress.happen(); });
        json::value const operation{{"name", "trigger-long-running-operation"},
                                    {"arguments", {{"duration", 1000}, {"steps", 1000}}},
                                    {"_meta", {{"progressToken", 1}}}};
        auto const first = co_await (as_result(talk.call("tools/call", operation)) || progress.wait());
        EXPECT_EQ(first.index(), 1u);
        auto const pong = co_await talk.call("ping", {}, patient);
        EXPECT_EQ(pong.text(), "{}");
        EXPECT_EQ(talk.statistics().calls_waiting, 0u);
        co_await server.end();
    }(program));
}

TEST(rpc_with_mcp_server_memory, remembers) {
    auto const program = npm_program("mcp-server-memory");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        test_folder folder;
        std::vector<std::string> const env(1, "MEMORY_FILE_PATH=" + folder.path() + "/memory.jsonl");
        rpc_program server(path, {}, {.protocol = rpc_protocol::mcp, .process = {.env = env}});
        co_await server.talk().initialize(mcp_hello(), patient);
        auto const entities =
            parse_json(R"({"entities":[{"name":"cat","entityType":"animal","observations":["purrs"]}]})");
        co_await text_of_tool(server.talk(), "create_entities", entities);
        auto const graph = co_await text_of_tool(server.talk(), "read_graph", json::object());
        EXPECT_THAT(graph, HasSubstr("purrs"));
        co_await server.end();
    }(program));
}

TEST(rpc_with_mcp_server_filesystem, reads_a_file) {
    auto const program = npm_program("mcp-server-filesystem");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        test_folder folder;
        json::value const which{{"path", folder.file("note.txt", "buy milk")}};
        std::vector<std::string> const args(1, folder.path());
        rpc_program server(path, args, {.protocol = rpc_protocol::mcp});
        co_await server.talk().initialize(mcp_hello(), patient);
        auto const text = co_await text_of_tool(server.talk(), "read_text_file", which);
        EXPECT_EQ(text, "buy milk");
        co_await server.end();
    }(program));
}

TEST(rpc_example, of_an_mcp_server_serves_the_official_client) {
    NEEDS(rpc_peers_folder() + "/node_modules/@modelcontextprotocol/sdk");
    NEEDS(std::string(PARLANCE_MCP_SERVER));
    auto const end =
        exec_file_sync("node", {rpc_peers_folder() + "/mcp_client.mjs", PARLANCE_MCP_SERVER}, {.timeout = 50s});
    EXPECT_EQ(end.check().out, "server {\"name\":\"adder\",\"version\":\"1.0\"}\n"
                               "tools add\n"
                               "add {\"content\":[{\"type\":\"text\",\"text\":\"42.000000\"}]}\n"
                               "unknown -32602 MCP error -32602: there is no tool subtract\n"
                               "misfit -32602 MCP error -32602: arguments.a: not a number\n"
                               "ping {}\n"
                               "gone true\n");
}

} // namespace
} // namespace parlance::testing
