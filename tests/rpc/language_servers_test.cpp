// Language servers, driven as an editor drives them.
#include "rpc/peers.hpp"

namespace parlance::testing {
namespace {

constexpr rpc_call_options patient{.timeout = 50s};

TEST(rpc_with_clangd, opens_a_file_and_finds_a_definition) {
    NEEDS("/usr/bin/clangd");
    tell([]() -> asio::awaitable<void> {
        test_folder folder;
        std::string const text = "int answer() { return 42; }\nint main() { return anser() + answer(); }\n";
        auto const uri = "file://" + folder.file("main.cpp", text);
        rpc_program clangd("clangd", {"--log=error"}, {.protocol = rpc_protocol::lsp});
        auto& talk = clangd.talk();
        std::string message;
        event diagnosed;
        talk.on("textDocument/publishDiagnostics", [&](json::value const& found) {
            message = found.at("diagnostics").at(0).at("message").as_string().c_str();
            diagnosed.happen();
        });
        auto const about = co_await talk.initialize(lsp_hello(), patient);
        EXPECT_TRUE(about.json().at("capabilities").at("definitionProvider").is_bool());
        auto const document = opened(uri, "cpp", text);
        co_await talk.notify("textDocument/didOpen", document);
        auto const at = place_in(uri, 1, 33);
        auto const found = co_await talk.call("textDocument/definition", at, patient);
        EXPECT_EQ(found.json().at(0).at("range").at("start").at("line"), 0);
        co_await diagnosed.wait();
        EXPECT_THAT(message, HasSubstr("undeclared identifier 'anser'"));
        auto const nothing = co_await as_result(talk.call("no/such/method", {}, patient));
        EXPECT_EQ(rpc_code_of(nothing), rpc_code::method_not_found);
        auto const end = co_await clangd.end();
        EXPECT_TRUE(end.ok()) << end.sentence() << end.err_tail;
    }());
}

TEST(rpc_with_clangd, is_cancelled_and_says_so) {
    NEEDS("/usr/bin/clangd");
    tell([]() -> asio::awaitable<void> {
        test_folder folder;
        auto const text = "#include <" + std::string("vector>\nstd::vector<int> all;\n");
        auto const uri = "file://" + folder.file("main.cpp", text);
        rpc_program clangd("clangd", {"--log=error"}, {.protocol = rpc_protocol::lsp});
        auto& talk = clangd.talk();
        co_await talk.initialize(lsp_hello(), patient);
        auto const document = opened(uri, "cpp", text);
        co_await talk.notify("textDocument/didOpen", document);
        auto const at = place_in(uri, 1, 8);
        auto const late = co_await as_result(talk.call("textDocument/hover", at, {.timeout = 1ms}));
        EXPECT_EQ(code_of(late), errc::timed_out);
        auto const symbols = co_await talk.call("textDocument/documentSymbol", at, patient);
        EXPECT_TRUE(symbols.json().is_array());
        EXPECT_EQ(talk.statistics().late_replies, 1u) << "it was answered, with an error, before";
        EXPECT_TRUE((co_await clangd.end()).ok());
    }());
}

TEST(rpc_with_bash_language_server, says_goodbye) {
    auto const program = npm_program("bash-language-server");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        std::vector<std::string> const args(1, "start");
        // It may take seconds from its exit to its end: Node waits for the compiler of its WebAssembly.
        rpc_program server(path, args, {.protocol = rpc_protocol::lsp, .leave_within = 40s});
        auto& talk = server.talk();
        co_await talk.initialize(lsp_hello(), patient);
        auto const document = opened("file:///nowhere/x.sh", "shellscript", "greet() { echo hi; }\ngreet\n");
        co_await talk.notify("textDocument/didOpen", document);
        auto const symbols = co_await talk.call("textDocument/documentSymbol", document, patient);
        EXPECT_EQ(symbols.json().at(0).at("name"), "greet");
        auto const end = co_await server.end();
        EXPECT_EQ(end.reason, end_reason::exited) << end.sentence();
        EXPECT_EQ(end.code, 0);
    }(program));
}

TEST(rpc_with_bash_language_server, is_stopped_where_it_does_not_leave_in_time) {
    auto const program = npm_program("bash-language-server");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        test_folder folder;
        auto const token = "bash" + folder.path();
        std::vector<std::string> const args(1, "start");
        rpc_program server(path, args,
                           {.frames = framing::content_length, .process = {.token = token}, .leave_within = 0ms});
        auto const about = co_await server.talk().call("initialize", lsp_hello(), patient);
        EXPECT_TRUE(about.json().is_object());
        co_await server.end();
        EXPECT_EQ(count_of_token(token), 0);
    }(program));
}

TEST(rpc_with_typescript_language_server, hears_a_notification_before_the_reply_and_ends_the_whole_tree) {
    auto const program = npm_program("typescript-language-server");
    NEEDS(program);
    tell([](std::string path) -> asio::awaitable<void> {
        test_folder folder;
        std::string const text = "const n: number = 'a';\n", token = "ts" + folder.path();
        auto const uri = "file://" + folder.file("x.ts", text);
        std::vector<std::string> const args(1, "--stdio");
        rpc_program server(path, args, {.protocol = rpc_protocol::lsp, .process = {.token = token}});
        auto& talk = server.talk();
        std::string heard;
        talk.on("window/logMessage", [&](json::value const&) { heard += "log "; });
        talk.on("window/showMessage", [&](json::value const&) { heard += "show "; });
        talk.on("$/typescriptVersion", [&](json::value const&) { heard += "version "; });
        co_await talk.initialize(lsp_hello(), patient);
        EXPECT_NE(heard, "") << "a notification came before the reply";
        auto const document = opened(uri, "typescript", text);
        co_await talk.notify("textDocument/didOpen", document);
        auto const symbols = co_await talk.call("textDocument/documentSymbol", document, patient);
        EXPECT_EQ(symbols.json().at(0).at("name"), "n");
        EXPECT_GE(count_of_token(token), 2) << "tsserver runs below it";
        co_await server.end();
        EXPECT_EQ(count_of_token(token), 0);
    }(program));
}

TEST(rpc_example, of_a_language_server_finds_a_definition) {
    NEEDS("/usr/bin/clangd");
    NEEDS(std::string(PARLANCE_LANGUAGE_SERVER_EXAMPLE));
    test_folder folder;
    auto const file = folder.file("main.cpp", "int f();\nint main() { return f() + x; }\n");
    auto const end = exec_file_sync(PARLANCE_LANGUAGE_SERVER_EXAMPLE, {file, "2", "21"}, {.timeout = 50s});
    EXPECT_EQ(end.check().out, "line 2: Use of undeclared identifier 'x'\ndefined in line 1\n");
}

} // namespace
} // namespace parlance::testing
