// An MCP server with one tool.
#include <parlance/parlance.hpp>

using namespace parlance;

struct addends {
    double a, b;
};
BOOST_DESCRIBE_STRUCT(addends, (), (a, b))
struct tool_call {
    std::string name;
    json::value arguments;
};
BOOST_DESCRIBE_STRUCT(tool_call, (), (name, arguments))

json::value about_us() {
    return {{"protocolVersion", "2025-06-18"},
            {"capabilities", {{"tools", json::object()}}},
            {"serverInfo", {{"name", "adder"}, {"version", "1.0"}}}};
}

json::value tools() {
    return parse_json(R"({"tools": [{"name": "add", "description": "Adds two numbers", "inputSchema": {
        "type": "object", "required": ["a", "b"],
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}}}}]})");
}

json::value call_tool(tool_call const& asked) {
    if (asked.name != "add") throw rpc_error(rpc_code::invalid_params, "there is no tool " + asked.name);
    auto const given = from_json<addends>(asked.arguments, "arguments"); // what does not fit is told, with its place
    return {{"content", {{{"type", "text"}, {"text", std::to_string(given.a + given.b)}}}}};
}

asio::awaitable<void> serve() {
    rpc talk(own_stdio(), {.protocol = rpc_protocol::mcp}); // from now on printf goes to standard error
    talk.on("initialize", about_us);
    talk.on("ping", [] { return json::object(); });
    talk.on("tools/list", tools);
    talk.on("tools/call", call_tool);
    co_await talk.serve(); // to the end of our input
}

int main() { run(serve()); }
