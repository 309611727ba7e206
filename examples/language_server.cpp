// Drives clangd: what is wrong with a file, and where the name at a place is defined.
#include <parlance/parlance.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

using namespace parlance;
using namespace std::chrono_literals;

struct position {
    int line, character;
};
BOOST_DESCRIBE_STRUCT(position, (), (line, character))
struct text_range {
    position start;
};
BOOST_DESCRIBE_STRUCT(text_range, (), (start))
struct diagnostic {
    text_range range;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(diagnostic, (), (range, message))
struct findings {
    std::vector<diagnostic> diagnostics;
};
BOOST_DESCRIBE_STRUCT(findings, (), (diagnostics))
struct location {
    std::string uri;
    text_range range;
};
BOOST_DESCRIBE_STRUCT(location, (), (uri, range))

asio::awaitable<void> look_up(std::string path, int line, int character) {
    std::ifstream file(path);
    std::string const text(std::istreambuf_iterator<char>(file), {}), uri = "file://" + path;

    rpc_program clangd("clangd", {"--log=error"}, {.protocol = rpc_protocol::lsp});
    auto& talk = clangd.talk();
    talk.on("textDocument/publishDiagnostics", [](findings const& found) {
        for (auto const& each : found.diagnostics)
            std::cout << "line " << each.range.start.line + 1 << ": " << each.message << '\n';
    });
    json::value const hello{{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", json::object()}};
    co_await talk.initialize(hello, {.timeout = 30s});

    json::value const document{{"textDocument", {{"uri", uri}, {"languageId", "cpp"}, {"version", 1}, {"text", text}}}};
    co_await talk.notify("textDocument/didOpen", document);

    json::value const at{{"textDocument", {{"uri", uri}}},
                         {"position", {{"line", line - 1}, {"character", character - 1}}}};
    auto const found = co_await talk.call<std::vector<location>>("textDocument/definition", at, {.timeout = 30s});
    for (auto const& each : found) std::cout << "defined in line " << each.range.start.line + 1 << '\n';

    (co_await clangd.end()).check(); // shutdown, exit, the end of its input; and it has ended
}

int main(int argc, char** argv) {
    if (argc > 3) run(look_up(argv[1], std::stoi(argv[2]), std::stoi(argv[3])));
}
